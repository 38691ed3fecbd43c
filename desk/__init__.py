"""The rules of a support desk, pure: profile, business time, promises, ticket life cycle, serial numbers.

Nothing here knows Telegram, a database or the clock on the wall; the only files ever read are a desk profile
and the pictures it names.
"""
