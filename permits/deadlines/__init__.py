"""The legal clock of planning applications: pure functions over events, rules as dated rows with their article.

Nothing here knows Django, a language or today's date unless it is told. Dates are days in Europe/Paris.
"""
