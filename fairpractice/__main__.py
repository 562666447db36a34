"""``python -m fairpractice`` is ``fairpractice``."""

from fairpractice.cli import main


if __name__ == "__main__":
    main()
