-- Makes the partitions of this month and the three to come.
SELECT sems.make_partitions_ahead(3)
