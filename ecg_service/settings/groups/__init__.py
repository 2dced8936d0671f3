"""All settings, in groups. Sizes are bytes, times are seconds; a number must be above 0.

Names are unique over all groups, since variables of the environment do not name the group.
"""
