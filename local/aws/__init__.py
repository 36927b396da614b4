"""The local AWS: ministack (PyPI, MIT) plus what this system needs and ministack lacks, one addition a file.

`python -m local.aws` runs it. `additions.py` is the table of contents; each addition's docstring names the AWS
call or behaviour it stands for and says what ministack does without it. All of them reach into ministack's private
names, so the version is pinned and `private_names.py` refuses any other.
"""
