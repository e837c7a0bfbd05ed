"""Lists: each is declared once (`ListSpec`), and the rest follows from the declaration.

To add a column, a filter or an order, add or change one `Column` of the list; nothing below needs to be known for that.

| file | what is in it |
| --- | --- |
| `columns` | a column, and the kinds of filters that it can have |
| `spec` | a list: columns, scope, search; question, WHERE, page |
| `args` | the query schemas, made of the declaration |
| `fast` | the statements of a page, each compiled once, and which of them answers a question |

How a page is read (`fast.Listing`); the caller never chooses:

| the question | means | why |
| --- | --- | --- |
| `cursor` | walk the order of making from where the last page ended | the same speed at any depth |
| `page` | the page and its total in one round trip and one snapshot | a total always equals its list |
| a total that a counter holds | read the counter in place of `count(*)` | counting costs a scan of the scope |
| a deep `page` with such a total | skip what lies behind it, from the end, if that is less | OFFSET reads all that it skips |
| a search that finds at most 1,000 | take all hits from the trigram index, order those | few rows, any order |
| a search that finds more | walk the first 20,000 of the scope's order and test each | the first hits come by soon |
| one whose hits are not among them | order all hits | all of them are old |

A search by others than the owner also looks at the owners' names: none, few or many of them are each planned differently.
"""

from chassis.lists.args import args_schema, filter_schema
from chassis.lists.columns import Choice, Column, Filter, amounts, contains, days, equals, own
from chassis.lists.fast import OrderKey
from chassis.lists.spec import Caller, ListSpec, Owners, Question, Scope, Search

__all__ = [
    "Caller", "Choice", "Column", "Filter", "ListSpec", "OrderKey", "Owners", "Question", "Scope", "Search", "amounts",
    "args_schema", "contains", "days", "equals", "filter_schema", "own",
]  # fmt: skip
