"""What an ECG, an insight and a user are. Imports the standard library only."""
