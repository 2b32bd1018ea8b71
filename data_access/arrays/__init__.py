"""Facts as arrays in memory, and the counter that counts over them."""

from data_access.arrays.counter import ArrayCounter
from data_access.arrays.kept import files_in, folder_of
from data_access.arrays.shelf import Shelf

__all__ = ["ArrayCounter", "Shelf", "files_in", "folder_of"]
