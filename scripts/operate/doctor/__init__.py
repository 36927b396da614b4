"""`make doctor`: finds problems that would make the next plan or apply of an environment fail."""
