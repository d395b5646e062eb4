"""Who may do what, stated a second time by hand: each page and its method, with the right that it needs.

`look`: every member; `open`: everybody; `own`: every member, on what is his or her own; else a right of `accounts`.
A route that is not here fails the suite.
"""

PAGES: dict[str, str] = {
    "home": "GET look", "enter": "GET open", "me": "GET look", "me_change": "POST look", "me_theme": "POST look",
    "me_token_make": "POST look", "me_token_revoke": "POST own", "switch_organisation": "POST look",
    "set_language": "POST open", "sample_remove": "POST administer", "attachment": "GET look", "live": "GET look",
    "inbox": "GET look", "inbox_rows": "GET look", "conversation": "GET look", "menu": "GET look",
    "take_next": "POST answer", "fresh": "GET look", "take": "POST answer", "release": "POST answer",
    "assign": "POST answer", "snooze": "POST answer", "wake": "POST answer", "close": "POST answer",
    "reopen": "POST answer", "topic": "POST triage", "attach": "POST triage", "detach": "POST triage",
    "correct": "POST correct", "reply": "POST answer", "unsend": "POST answer", "settle": "POST answer",
    "note": "POST note", "promise": "POST answer", "keep": "POST answer", "renew": "POST answer",
    "presence": "POST look",
    "listen": "GET look", "listen_rows": "GET look", "listen_open": "POST triage", "listen_drop": "POST triage",
    "listen_watch": "POST triage", "listen_fresh": "GET look", "listen_copies": "GET look", "spread": "GET look",
    "listen_readings": "GET correct", "listen_correct": "POST correct",
    "people": "GET look", "person": "GET look", "person_candidates": "GET link", "person_link": "POST link",
    "person_export": "POST administer", "person_erase": "POST administer", "link_confirm": "POST link",
    "link_decline": "POST link", "link_undo": "POST link",
    "queries": "GET look", "query_add": "GET listen", "query_preview": "GET look", "topics": "GET look",
    "topic_add": "POST listen", "topic_change": "POST listen", "query_change": "GET listen",
    "query_switch": "POST listen", "query_review": "POST listen", "query_past": "GET listen",
    "query_past_start": "POST listen",
    "query_past_stop": "POST listen", "query_register": "GET look", "query_register_export": "GET look",
    "opt_outs": "GET listen", "opt_out_add": "POST listen", "opt_out_remove": "POST listen",
    "query_remove": "POST listen",
    "ledger": "GET look", "ledger_receipts": "GET look",
    "channels": "GET look", "channel_choose": "GET administer", "channel_add": "GET administer",
    "channel_change": "GET administer", "channel_switch": "POST administer", "channel_look": "POST listen",
    "channel_test": "POST administer", "channel_unread": "GET look", "channel_again": "POST listen",
    "receipt_raw": "GET listen", "channel_sources": "GET look", "channel_follow": "POST administer",
    "channel_list_in": "POST administer", "channel_list_out": "GET look", "channel_address": "POST administer",
    "source_look": "POST listen", "source_remove": "POST administer", "inbound": "GET open",
    "team": "GET administer", "member_add": "POST administer", "trail": "GET administer",
    "member_link": "POST administer",
    "member_role": "POST administer", "member_skills": "POST administer", "member_remove": "POST administer",
    "team_set": "POST administer", "team_remove": "POST administer",
    "dashboard": "GET look", "dashboard_conversations": "GET look",
}  # fmt: skip
