"""Who there is: parties, the directory that names them, and who stands where above whom."""
