"""What is done in a process apart, so that the scheduler can put it behind all else."""
