"""Correlation: which open incident an alert belongs to that begins to fire, or that it opens one. All of it is pure.

An alert is read into what it is about (`subject`, `words`): components, hosts, pods, namespaces, zones, environment and
cluster, whatever the vendor's labels are called, and what its text names. From that follow the keys by which its
incident will be found, and the signs to look for in others (`signs`): the same component or host; one that calls it or
that it calls, at most two hops away (`service_map`); one that its text names; trouble of one sort in one place, such as
name resolution in a cluster; kinds of alerts that people have put together before. `pool` holds the open incidents that
have such keys, `scoring` weighs: 0.5 joins. `placing` does so for all alerts of a payload, the most severe first.

What always holds:
- An alert of another environment or cluster never joins, nor one that people have taken apart from what is there.
- Equal texts never suffice: they only add to other evidence.
- Resolved incidents attract nothing, and nothing that began further away in time than the window.
- A key that more than `pool.SHARED` open incidents have says nothing; an alert looks for at most `signs.KEYS` keys and
  is weighed against at most `pool.CANDIDATES` incidents. So the work for one alert does not grow with what is open.
- Where an alert belongs to two open incidents, because it is what both have or both call, they are merged into one.

Order: the alerts of one payload may stand in any order. Of alerts that come one by one, later ones may show what
earlier ones could not, and merging mends most of that: on the scored set, deliveries that are late by up to five
minutes, and so come in another order, change less than 12 of 100 pairs (`tests/alerts/test_correlation_score.py`). What
arrives again changes nothing: it is no alert that begins.
"""
