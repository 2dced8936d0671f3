"""The tables, and the migrations that bring an earlier release's database to them."""
