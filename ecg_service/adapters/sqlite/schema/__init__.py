"""The tables, and the migrations that bring an earlier release's file to them."""
