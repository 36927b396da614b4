"""The command lines that the Makefile calls, one file for each verb."""
