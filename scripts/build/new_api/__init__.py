"""`make new-api`: writes a new API, as a folder of functions/ and the lines of the files that name it."""
