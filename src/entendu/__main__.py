"""`python -m entendu` is `entendu`."""

from entendu.cli import main

if __name__ == "__main__":
    main()
