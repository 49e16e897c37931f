"""Turns a wire (HTTP, argv, files) into plain values; owns start and stop; decides nothing."""
