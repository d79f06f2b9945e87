irnorm --check
