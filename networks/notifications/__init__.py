"""Notices to people of some addresses: contacts, e-mail, text messages, letters, who objected, who read what.

What is stored (`models`): settings of a member, contacts and objections, notices with their addresses and messages,
the journal of readings. Nobody reads contacts in the table: functions of `sql/` do, and write the journal. What the
others get is in `manifest`; they say what a notice begins from by `points.NOTICE_TEMPLATES`. `services.notices`
writes one, `services.sending` sends it through `gateways`.
"""
