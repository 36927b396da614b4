"""`make doctor`: what would make the next plan or apply of an environment fail, found before it does."""
