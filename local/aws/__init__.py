"""The local AWS: ministack (PyPI, MIT), and one file for each AWS behaviour that this system needs and ministack lacks.

`python -m local.aws` runs it. `additions.py` lists the additions. Each addition's docstring names the AWS call or
behaviour, and says what ministack does without the addition. All of them use ministack's private names, so
`private_names.py` accepts only the pinned version.
"""
