"""The commands of the command line, one module each: ``run(arguments)`` does the work and returns the exit code."""
