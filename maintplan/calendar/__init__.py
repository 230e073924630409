"""What of a plan stands in a calendar, and the calendar file that reminds a team of it (RFC 5545).

Every schedule is an item by itself; which dates are, and how each is called, says the template's
``calendar.yaml``. Actions, accepted risks and what is not known yet come from the plan. Nothing here looks at
the clock.
"""

from maintplan.calendar.items import Item, items, moment
from maintplan.calendar.timing import Timing, occurrences

__all__ = ["Item", "Timing", "items", "moment", "occurrences"]
