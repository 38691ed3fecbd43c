"""The rules of a support desk, pure: profile, business time, promises, ticket life cycle, serial numbers.

Nothing here knows Telegram, a database or the clock on the wall; the only file ever read is a desk profile.
"""
