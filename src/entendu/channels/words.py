"""What a connector's codes say, in words. A test holds this list against the codes that the connectors raise."""

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

CODES: dict[str, str | Promise] = {
    # the way to the server
    "unreachable": _("The server cannot be reached."),
    "timeout": _("The server took too long to answer."),
    "dns_failed": _("The name of the server is not known."),
    "connect_failed": _("The server does not accept the connection."),
    "connection_lost": _("The connection was lost on the way."),
    "tls_failed": _("The secure connection could not be made."),
    "bad_certificate": _("The certificate of the server cannot be trusted."),
    "protocol_error": _("The server does not speak as expected."),
    "body_malformed": _("The answer of the server is damaged."),
    "encoding_unknown": _("The answer is encoded in a way that we do not know."),
    "too_large": _("The answer is too large."),
    "header_malformed": _("A header of the request is not possible."),
    # where we do not go
    "url_malformed": _("This is not an address of the web."),
    "scheme_not_allowed": _("Only http and https addresses are read."),
    "userinfo_not_allowed": _("An address may not hold a name and a password."),
    "port_not_allowed": _("This port is not one of the web."),
    "address_not_public": _("This address is inside a private network: it must be allowed by name."),
    "peer_changed": _("The server answered from another address than announced."),
    "allow_malformed": _("The list of allowed addresses is not right."),
    "redirect_malformed": _("The server sends us to an address that is none."),
    "redirect_drops_tls": _("The server sends us from a secure address to one that is not."),
    "redirect_of_write": _("The server sends elsewhere what we write."),
    "too_many_redirects": _("The server sends us from address to address without end."),
    "same_page": _("The page links to itself."),
    "not_web_addresses": _("These are not addresses of the web."),
    # signing in
    "bad_credentials": _("The name or the password is refused."),
    "sign_in_unavailable": _("The server cannot check the password for now."),
    "seal_broken": _(
        "The sealed password cannot be opened with the keys of this installation: type it again."
    ),
    "webhook_not_authentic": _("What came does not carry the right signature."),
    "webhook_too_old": _("What came was signed more than five minutes ago: are both clocks right?"),
    "webhook_secret_malformed": _("The secret is not right: whsec_ and Base64 are needed."),
    "webhook_item_unreadable": _("An item that was pushed is not as described."),
    "too_many_items": _("There are too many items in one delivery."),
    "too_many_deliveries": _("Too many deliveries came at once."),
    "date_without_zone": _("The date does not say its time zone."),
    # settings
    "bad_settings": _("A setting is missing or not right."),
    "setting_unknown_value": _("A setting has a value that is not possible."),
    "timezone_unknown": _("This time zone is not known."),
    "connector_absent": _("The connector of this channel is not installed here."),
    "cursor_unreadable": _("The place where we stopped reading cannot be understood."),
    # mail
    "imap_error": _("The mailbox answered with an error."),
    "no_such_folder": _("There is no such folder in the mailbox."),
    "no_sent_folder": _("The folder of sent messages was not found: a doubtful reply waits for a person."),
    "smtp_error": _("The sending server answered with an error."),
    "smtp_busy": _("The sending server is busy."),
    "smtp_refused": _("The sending server refused the message."),
    "smtp_unfit": _("The sending server cannot carry this message."),
    "no_recipient": _("There is nobody to write to."),
    "would_loop": _("An automatic message is not answered: two machines would write to each other."),
    "mail_unreadable": _("This is not a mail that can be read."),
    "mail_without_sender": _("This mail has no sender."),
    # feeds
    "feed_unreadable": _("This is no feed that can be read."),
    "feed_entry_unreadable": _("An entry of the feed cannot be read."),
    "feed_absent": _("No feed was found at this address."),
    "feed_empty": _("The feed is empty for now."),
    "feed_became_page": _("A web page stands where the feed was."),
    "feed_host_busy": _("This site asked us to wait."),
    "feed_needs_auth": _("The feed asks for a name and a password."),
    "feed_is_sign_in_page": _("A sign-in page stands where the feed was."),
    "channel_has_no_lists": _("This kind of channel knows no lists of addresses."),
    "opml_unreadable": _("This list of feeds cannot be read."),
    "opml_too_large": _("This list of feeds is too large."),
    "websub_not_asked": _("A hub sends what we did not ask for."),
    "websub_denied": _("The hub refused to send us news of this feed."),
    "websub_secret_malformed": _("The secret shared with the hub is not right."),
    # webmentions
    "webmention_malformed": _("What came is neither a webmention nor a pingback."),
    "webmention_source_malformed": _("The addresses in it are not of the web."),
    "webmention_target_not_ours": _("The page that it names is not one of our sites."),
    "webmention_unreadable": _("What was kept of the page cannot be read."),
    # firehoses and Bluesky
    "nobody_listens": _(
        "Nobody listens to this stream: see whether the worker, or `entendu listen`, is running."
    ),
    "not_listening": _("The stream is not heard just now: what it brought cannot be compared yet."),
    "still_pulling": _("There is more to fetch than can be waited for: it is compared afterwards."),
    "connection_closed": _("The server hung up; we listen again in a moment."),
    "firehose_error": _("The stream ended with an error."),
    "stream_gap": _(
        "The server does not keep any more what was said while we did not listen: some is missing."
    ),
    "listener_fault": _("What was heard could not be written: it is asked for again."),
    "not_an_event": _("This is no event of the stream."),
    "blocks_malformed": _("The event is cut."),
    "record_missing": _("The event does not carry the post that it announces."),
    "record_malformed": _("The post cannot be read."),
    "record_altered": _("The post was altered on its way: it is not what its name promises."),
    "answer_unreadable": _("The answer of the server cannot be understood."),
    "no_credentials": _("An account and its app password are needed for this."),
    "no_home": _("The server where this account lives is not known."),
    "parent_unknown": _("The version of the message that is answered is not known."),
    "channel_not_private": _("One cannot answer in private on this channel."),
    # files
    "file_missing": _("The file is not there."),
    "file_is_a_folder": _("This is a folder, not a file."),
    "file_not_permitted": _("We may not read this file."),
    "file_unreadable": _("The file cannot be read."),
    "file_without_header": _("The first line of the file does not name its columns."),
    "format_unknown": _("This kind of file is not known."),
    "archive_damaged": _("The compressed file is damaged."),
    "map_unreadable": _("The mapping of the columns cannot be read."),
    "map_unknown_target": _("The mapping names a field that does not exist."),
    "map_unknown_column": _("The mapping names a column that the file does not have."),
    "map_incomplete": _("The mapping says too little: a text, an author and a date are needed."),
    "bad_date": _("The date cannot be understood."),
    "bad_list": _("A list was expected."),
    "bad_kind": _("This kind of row is not known."),
    "bad_boolean": _("A yes or a no was expected."),
    "bad_number": _("A number was expected."),
    "bad_attachment": _("An attached file is not described as expected."),
    "empty_key": _("The row has no identifier."),
    "empty_author": _("The row has no author."),
    "not_json": _("This line is not JSON."),
    "media_type_unknown": _("This kind of content is not known."),
    "unreadable_upstream": _("It was damaged before it came to us."),
    # sending
    "channel_cannot_reply": _("Entendu cannot answer on this channel."),
    "channel_has_no_webhook": _("This channel does not receive by webhook."),
    "no_webhook": _("This channel does not receive by webhook."),
    # our own trouble
    "connector_fault": _("The connector has a fault: the raw bytes are kept."),
    "child_timeout": _("Reading it took too long."),
    "child_memory": _("Reading it would take too much memory."),
    "child_crashed": _("Reading it failed in a way that was contained."),
    "child_error": _("Reading it failed."),
}
FIELD_ERRORS: dict[str, str | Promise] = {
    "required": _("This is needed."),
    "number": _("A whole number is needed."),
    "kind": _("This kind of channel is not installed here."),
    "taken": _("There is one with this name already."),
    "address": _("This is not an address of the web."),
    "outside": _(
        "This file is not in a folder for imports. Whoever runs this installation opens such folders "
        "(ENTENDU_IMPORT_FOLDERS), or opens the channel at the command line."
    ),
}


def in_words(code: str) -> str:
    """The sentence of a code: never empty, and an unknown code is shown as it is."""
    if code.startswith("http_") and code[5:].isdigit():
        return gettext("The server answered with the error %(number)s.") % {"number": code[5:]}
    return str(CODES.get(code, code))


def split_detail(detail: str) -> tuple[str, str]:
    """A receipt's "code: detail" as its sentence and what remains for the expert."""
    code, _colon, rest = detail.partition(":")
    return in_words(code.strip()), rest.strip()
