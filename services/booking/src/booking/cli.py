"""`python -m booking.cli serve | work | migrate | seed | …`"""

from chassis.cli import main

from booking.app import SERVICE

if __name__ == "__main__":
    main(SERVICE)
