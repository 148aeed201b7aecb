"""The investigator that thinks with a language model."""
