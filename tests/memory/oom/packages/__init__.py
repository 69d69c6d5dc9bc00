"""What import_package imports."""
