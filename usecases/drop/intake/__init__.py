"""Admission, verification and staging of files."""
