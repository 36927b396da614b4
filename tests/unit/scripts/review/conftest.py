"""The checkout with the project's own data files, as the tests of the data files use it."""

from tests.unit.scripts.build.data_files.conftest import checkout, spoil

__all__ = ["checkout", "spoil"]
