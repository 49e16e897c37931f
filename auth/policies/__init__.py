"""Policies: for each action, the reasons that stand against it, given the viewer and facts about the object.

The use case refuses with them, and the fields `viewerCan…` and `viewerCannot…Reasons` are declared from them. So an
interface says beforehand what the mutation would answer. Policies never query: the caller brings the facts.
"""
