"""The order of what waits for one destination."""

# Within a destination what people wrote goes first, in order; alarms, then cards, then marks follow.
# What is taken back goes before all that: the less it is read, the better. And what a ticket brings along
# into another group comes before what is said there.
RANK_TAKE_BACK = -1
RANK_BROUGHT = -1
RANK_TALK = 0
RANK_ALARM = 1
RANK_CARD = 2
RANK_MARK = 3
# What nobody waits for: it never stands in the way of a conversation.
RANK_LAST = 4
