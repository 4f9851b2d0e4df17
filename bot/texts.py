"""Every English text that people read, in one place, so that it can be changed or translated.

Templates are filled with ``str.format``; whoever fills in a person's words makes them harmless first
(:mod:`bot.delivery.plain_text`). Faults of a request are worded beside their rules, in :mod:`bot.upstream.requests`.
"""

from collections.abc import Mapping
from typing import Final

from storage.records import State

NOT_CHARGED: Final = "Nothing was charged."

# The card: a headline and an explanation for each state.
HEADLINES: Final[Mapping[State, str]] = {
    State.ADMITTED: "🎬 Video asked for",
    State.WAITING: "🎬 About to start",
    State.SUBMITTING: "🎬 Handing it over",
    State.QUEUED: "🎬 In the queue",
    State.PROCESSING: "🎬 In the making",
    State.DOWNLOADING: "🎬 Fetching the video",
    State.DELIVERING: "🎬 Bringing it here",
    State.DELIVERED: "✅ Here is the video",
    State.CANCELLED: "⏹️ Cancelled",
    State.REFUSED: "🚫 Not accepted",
    State.FAILED: "❌ This one did not work out",
    State.UNCERTAIN: "❔ We do not know whether this was accepted",
    State.STALLED: "⏳ This takes far longer than it should",
    State.LOST: "❔ The video service no longer knows this video",
    State.UNDELIVERABLE: "📦 Finished, but we could not bring it here",
}
EXPLANATIONS: Final[Mapping[State, str]] = {
    State.WAITING: "It is sent to the video service in a moment. You can still cancel.",
    State.CANCELLED: f"It was stopped before anything was sent. {NOT_CHARGED}",
    State.REFUSED: f"{NOT_CHARGED} Change what the reason names, then ask again.",
    State.FAILED: f"{NOT_CHARGED} You can ask again; another wording often helps.",
    State.UNCERTAIN: (
        "The connection broke while it was being handed over. Please do not ask for it again yet: the people who "
        "run this bot will look into it. Nothing has been charged so far."
    ),
    State.STALLED: (
        "We stopped waiting. The people who run this bot can look again; nothing has been charged so far."
    ),
    State.LOST: "The people who run this bot can look into it; nothing has been charged so far.",
    State.UNDELIVERABLE: "The link below may still work for a while.",
}
REASON: Final = "Reason"
TOO_LARGE_FOR_DISCORD: Final = (
    "The file is too large for this server, so here is the link. It works for about a day."
)
LINK_IS_TEMPORARY: Final = "[Open the video]({url})"

FIELD_MODEL: Final = "Model"
FIELD_MODE: Final = "Mode"
FIELD_FORMAT: Final = "Format"
FIELD_ASKER: Final = "Asked by"
FIELD_ASKED: Final = "Asked"
FIELD_PROGRESS: Final = "Progress"
FIELD_TOOK: Final = "Took"
FORMAT: Final = "{seconds} s · {ratio}"
PROGRESS_ETA: Final = "{bar} {percent} %\nready {when}"
PROGRESS_SOON: Final = "{bar} {percent} %\nany moment now"
FOOTER: Final = "Generation {generation_id}"
PROMPT_MISSING: Final = "(no prompt)"

MODES: Final[Mapping[str, str]] = {
    "text": "Text",
    "first_frame": "First frame",
    "first_last_frame": "First and last frame",
    "image_reference": "Picture reference",
    "video_reference": "Clip reference",
    "audio_reference": "Sound reference",
    "multimodal": "Mixed references",
}

BUTTON_CANCEL: Final = "Cancel"
BUTTON_OPEN: Final = "Open the video"
BUTTON_REFRESH: Final = "Refresh"

# The short reply that pings the asker once.
REPLIES: Final[Mapping[State, str]] = {
    State.DELIVERED: "<@{asker_id}> your video is ready.",
    State.REFUSED: "<@{asker_id}> your video was not accepted. The card above says why.",
    State.FAILED: "<@{asker_id}> your video did not work out. The card above says why.",
    State.UNCERTAIN: "<@{asker_id}> we do not know whether your video was accepted. Please see the card above.",
    State.STALLED: "<@{asker_id}> your video takes far too long. Please see the card above.",
    State.LOST: "<@{asker_id}> your video got lost at the video service. Please see the card above.",
    State.UNDELIVERABLE: "<@{asker_id}> your video is finished, but we could not bring it here.",
}

# Why a generation ended, where the video service did not say it itself.
REASON_CHANNEL_CLOSED: Final = "The bot may not write in this channel."
REASON_NOT_REACHED: Final = "The video service could not be reached. Nothing was sent."
REASON_BUSY: Final = "The video service is too busy to take new videos. Please try again later."
REASON_ACCOUNT: Final = (
    "The video service does not accept this bot's account at the moment. It is not your fault; the people who run "
    "this bot have been told."
)
REASON_POLICY: Final = "The video service does not allow this content: {reason}"
REASON_CANCELLED_UPSTREAM: Final = "The video service cancelled it."
REASON_NO_REASON: Final = "The video service gave no reason."
REASON_LINKLESS: Final = "The video service says it is done but gives no video."
REASON_RESTARTED: Final = "The bot was restarted while handing it over."
REASON_LINK_GONE: Final = "The video could not be fetched before its link ended."
REASON_NO_PLACE: Final = "Discord did not take it, neither in the channel nor as a direct message."

# Commands.
COMMAND_VIDEO: Final = "Make AI videos together."
COMMAND_TEXT: Final = "Make a video from words."
COMMAND_STATUS: Final = "Your running and latest videos in this server."
OPTION_PROMPT: Final = "What should be seen: subject, action, camera, light, style."
OPTION_MODEL: Final = "Which model makes it: resolution and speed."
OPTION_DURATION: Final = "How long it should be, in seconds."
OPTION_RATIO: Final = "Its shape: wide, upright or square."
RATIOS: Final[Mapping[str, str]] = {
    "16:9": "16:9 wide",
    "9:16": "9:16 upright",
    "1:1": "1:1 square",
    "21:9": "21:9 cinema",
    "4:3": "4:3 classic",
    "3:4": "3:4 portrait",
}

# Answers to commands and buttons; only the person who asked sees them.
ADMITTED: Final = (
    "Your video is on its way. Watch its card in this channel; you will be pinged when it is done."
)
CANCEL_DONE: Final = f"Cancelled. {NOT_CHARGED}"
STATUS_TITLE: Final = "Your videos"
STATUS_NONE: Final = "You have not asked for a video here yet. Try `/video text`."
STATUS_LINE: Final = "{headline} · {asked}\n{prompt}\n{card}"
STATUS_CARD: Final = "[Go to the card]({url})"
STATUS_NO_CARD: Final = "Its card is not there yet."
FAULTS_TITLE: Final = "That does not work yet:"
UNUSABLE_OPTION: Final = "I cannot use “{value}” here. Please choose another value."
COMMANDS_CHANGED: Final = (
    f"My commands have just changed. Please reload Discord (Ctrl+R) and try again. {NOT_CHARGED}"
)

MISSING_PERMISSIONS: Final = "I may not do this here: I am missing {permissions} in this channel."
MISSING_PERMISSIONS_HINT: Final = "A moderator can allow it in the channel's settings."
PERMISSIONS: Final[Mapping[str, str]] = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "embed_links": "Embed Links",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}
ONLY_IN_SERVERS: Final = "I make videos in servers, where I have been added."
ONLY_THE_ASKER: Final = "Only the person who asked for this video can do that."
TOO_LATE_TO_CANCEL: Final = "It is too late to cancel: the video was already handed to the video service."
ALREADY_OVER: Final = "This video has already come to its end."
UNKNOWN_GENERATION: Final = "I do not know this video any more."
OUT_OF_ORDER: Final = (
    "Something went wrong on our side, and nothing was charged. If it happens again, tell the people who run this "
    "bot this number: `{reference}`."
)
STORAGE_DOWN: Final = "I cannot reach my memory right now, so I did not start anything."
STORAGE_DOWN_HINT: Final = f"{NOT_CHARGED} Please try again in a few minutes."
STOPPING: Final = "I am being restarted, so I did not start anything."
STOPPING_HINT: Final = f"{NOT_CHARGED} Please try again in a minute."
