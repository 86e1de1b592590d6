"""CQL2 filters: read by a parser, checked against what the asker may query, compiled to SQL with bound parameters.

tree = parse(text)                                   # guard -> the cql2 package -> a plain tree
condition = compile_filter(tree, queryables, crs)    # allow-lists -> psycopg.sql and values
"""

from layers.features.cql2.compile import Condition, compile_filter
from layers.features.cql2.parse import LANGUAGES, parse
from layers.features.cql2.queryables import Queryable, queryables_of
