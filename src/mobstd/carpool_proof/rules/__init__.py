"""The registry's rules as pure functions over raw JSON, their thresholds as data.

profile       what the registry judged by at one time: ``conformance/carpool-proof/rules``
facts         what rules read of a journey
days          the day of an instant, in the zone that a profile says
creation      what a journey alone is refused for at once: dates, expiry, distance, duplicates
history       what rules ask about earlier journeys, and one in memory
terms         the terms of use, in the registry's order
anomalies     what is found later, of one operator
operators     what is found later, across operators
consistency   what no server refuses and is wrong all the same
"""
