"""What an ECG, an insight and a user are. Imports the standard library and msgspec only.

Values are frozen msgspec Structs: made in a tenth of the time of a frozen dataclass, which counts
where an ECG has twelve leads and thousands come in a second.
"""
