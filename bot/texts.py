"""The English texts that people read, in one place, so that they can be changed or translated.

Templates are filled with ``str.format``; whoever fills in a person's words makes them harmless first
(:mod:`bot.delivery.plain_text`). What is wrong with a request or a file is worded beside its rule, in
:mod:`bot.upstream.faults` and :mod:`bot.media`.
"""

from collections.abc import Mapping

from storage.records import AssetState, State

NOT_CHARGED = "Nothing was charged."

# The card: a headline and an explanation for each state.
HEADLINES: Mapping[State, str] = {
    State.ADMITTED: "🎬 Video asked for",
    State.WAITING: "🎬 About to start",
    State.PREPARING: "🎬 Getting its files ready",
    State.SUBMITTING: "🎬 Handing it over",
    State.QUEUED: "🎬 In the queue",
    State.PROCESSING: "🎬 In the making",
    State.DOWNLOADING: "🎬 Fetching the video",
    State.DELIVERING: "🎬 Bringing it here",
    State.SHRINKING: "🎬 Making it fit in here",
    State.DELIVERED: "✅ Here is the video",
    State.CANCELLED: "⏹️ Cancelled",
    State.REFUSED: "🚫 Not accepted",
    State.FAILED: "❌ This one did not work out",
    State.UNCERTAIN: "❔ We do not know whether this was accepted",
    State.STALLED: "⏳ This takes far longer than it should",
    State.LOST: "❔ The video service no longer knows this video",
    State.UNDELIVERABLE: "📦 Finished, but we could not bring it here",
}
EXPLANATIONS: Mapping[State, str] = {
    State.WAITING: "It is sent to the video service in a moment. You can still cancel.",
    State.PREPARING: (
        "Its links are made fresh, and pictures that need it are reviewed, which can take some minutes. "
        "You can still cancel."
    ),
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
}
UNDELIVERABLE_KEPT = "You can fetch it with `/video show` for some days."
UNDELIVERABLE_LINKED = "The link below may still work for a while."
UNDELIVERABLE_ELSEWHERE = "The people who run this bot can look for it at the video service."
IN_LINE = "Number {position} in line. You can still cancel."
BUSY_AGAIN = "The video service is busy; it is tried again {when}. You can still cancel."
IN_LINE_PAUSED = (
    "The video service does not accept this bot's account at the moment. It is not your fault; the people who run "
    "this bot have been told. Your place in line is kept, and you can still cancel."
)
PAUSED = (
    "New videos are paused: the video service does not accept this bot's account at the moment. It is not your "
    "fault; the people who run this bot have been told."
)
PAUSED_HINT = f"{NOT_CHARGED} Please try again later."
REASON = "Reason"
LINK_INSTEAD = "The file could not be attached here, so here is the link. It works for about a day."
SMALLER_COPY = (
    "The file is too large for this server, so this is a smaller copy. The button leads to the original for about "
    "a day."
)
LINK_TOO_LONG = "The link to the video is too long for Discord; the people who run this bot can look it up."
LINK_IS_TEMPORARY = "[Open the video]({url})"

FIELD_MODEL = "Model"
FIELD_MODE = "Mode"
FIELD_FORMAT = "Format"
FIELD_ASKER = "Asked by"
FIELD_ASKED = "Asked"
FIELD_MEDIA = "Made from"
FIELD_PARENT = "Remix of"
FIELD_PROGRESS = "Progress"
FIELD_TOOK = "Took"
FORMAT = "{seconds} s · {ratio}"
PROGRESS_ETA = "{bar} {percent} %\nready {when}"
PROGRESS_SOON = "{bar} {percent} %\nany moment now"
FOOTER = "Generation {generation_id}"
PROMPT_MISSING = "(no prompt)"

MEDIA_FIELDS: Mapping[str, str] = {
    "first_image": "first frame",
    "last_image": "last frame",
    "referenceImages": "picture",
    "referenceVideos": "clip",
    "referenceAudios": "sound",
}
MODES: Mapping[str, str] = {
    "text": "Text",
    "first_frame": "First frame",
    "first_last_frame": "First and last frame",
    "image_reference": "Picture reference",
    "video_reference": "Clip reference",
    "audio_reference": "Sound reference",
    "multimodal": "Mixed references",
}

BUTTON_CANCEL = "Cancel"
BUTTON_REMIX = "Remix"
BUTTON_AGAIN = "Again"
BUTTON_DELETE = "Delete"
BUTTON_OPEN = "Open the video"

# The short reply that pings the asker once.
REPLIES: Mapping[State, str] = {
    State.DELIVERED: "<@{asker_id}> your video is ready.",
    State.REFUSED: "<@{asker_id}> your video was not accepted. The card above says why.",
    State.FAILED: "<@{asker_id}> your video did not work out. The card above says why.",
    State.UNCERTAIN: "<@{asker_id}> we do not know whether your video was accepted. Please see the card above.",
    State.STALLED: "<@{asker_id}> your video takes far too long. Please see the card above.",
    State.LOST: "<@{asker_id}> your video got lost at the video service. Please see the card above.",
    State.UNDELIVERABLE: "<@{asker_id}> your video is finished, but we could not bring it here.",
}

# Why a generation ended, where the video service did not say it itself.
REASON_CHANNEL_CLOSED = "The bot may not write in this channel."
REASON_NOT_REACHED = "The video service could not be reached. Nothing was sent."
REASON_BUSY = "The video service is too busy to take new videos. Please try again later."
REASON_POLICY = "The video service does not allow this content: {reason}"
REASON_CANCELLED_UPSTREAM = "The video service cancelled it."
REASON_NO_REASON = "The video service gave no reason."
REASON_LINKLESS = "The video service says it is done but gives no video."
REASON_RESTARTED = "The bot was restarted while handing it over."
REASON_LINK_FORBIDDEN = "The video service named a place for the video that this bot does not go to."
REASON_LINK_GONE = "The video could not be fetched before its link ended."
REASON_FAULT = "Something went wrong on our side while handing it over."
REASON_NOT_MADE = "The people who run this bot looked into it: no video came of it."
REASON_NOBODY_KNOWS = "Nobody could find out what became of it, so it counts as not made."
REASON_NO_PLACE = "Discord did not take it, neither in the channel nor as a direct message."

# Commands.
COMMAND_VIDEO = "Make AI videos together."
COMMAND_TEXT = "Make a video from words."
COMMAND_FRAMES = "Make a video that begins with your picture, and maybe ends with another."
COMMAND_REFERENCE = "Make a video after your pictures, clips and sounds."
MENU_ANIMATE = "Animate this picture"
MENU_REFERENCE = "Use as reference"
COMMAND_SHOW = "Show one of your finished videos again, to you alone."
SHOW_CHOICE = "{asked_on} · {prompt}"
OPTION_GENERATION = "Which one. Its number stands at the foot of its card."
COMMAND_STATUS = "Your running and latest videos in this server."
OPTION_PROMPT = "What should be seen: subject, action, camera, light, style."
OPTION_MODEL = "Which model makes it: resolution and speed."
OPTION_DURATION = "How long it should be, in seconds."
OPTION_RATIO = "Its shape: wide, upright or square."
OPTION_FIRST = "The first frame: a picture (PNG, JPEG, WebP, BMP, TIFF or GIF)."
OPTION_LAST = "The last frame: a picture (PNG, JPEG, WebP, BMP, TIFF or GIF)."
OPTION_IMAGE = "A picture (PNG, JPEG, WebP, BMP, TIFF or GIF)."
OPTION_VIDEO = "A clip (MP4 or MOV); all clips together 15 seconds at most."
OPTION_AUDIO = "A sound (MP3 or WAV); all sounds together 15 seconds at most."
OPTION_REVIEW = "Yes if your pictures show faces or characters: they are reviewed first (SD2 Manxue)."
OPTION_ASSETS = "Names of reviewed pictures from /asset list, with commas between them (SD2 Manxue)."
FORM_REMIX = "Remix this video"
FORM_PROMPT = "Prompt"
FORM_MODEL = "Model"
FORM_DURATION = "Seconds"
FORM_RATIO = "Shape"
FORM_FILES = "More files"
FORM_LAST_FRAME = "A last frame"
RATIOS: Mapping[str, str] = {
    "16:9": "16:9 wide",
    "9:16": "9:16 upright",
    "1:1": "1:1 square",
    "21:9": "21:9 cinema",
    "4:3": "4:3 classic",
    "3:4": "3:4 portrait",
}

# Answers to commands and buttons; only the person who asked sees them.
ADMITTED = "Your video is on its way. Watch its card in this channel; you will be pinged when it is done."
CANCEL_DONE = f"Cancelled. {NOT_CHARGED}"
DELETED = "The card is deleted."
NOTHING_ATTACHED = "This message has no picture, clip or sound."
NO_PICTURE = "This message has no picture."
NOTHING_ATTACHED_HINT = f"Choose a message with a file. {NOT_CHARGED}"
NOT_A_NUMBER = "The seconds must be a whole number."
ONLY_ASKER_OR_MODERATOR = "Only the person who asked for this video, or a moderator, can delete its card."
STATUS_TITLE = "Your videos"
STATUS_NONE = "You have not asked for a video here yet. Try `/video text`."
STATUS_LINE = "{headline} · {asked}\n{prompt}\n{card}"
STATUS_CARD = "[Go to the card]({url})"
STATUS_NO_CARD = "It has no card."
FAULTS_TITLE = "That does not work yet:"
UNUSABLE_OPTION = "I cannot use “{value}” here. Please choose another value."
COMMANDS_CHANGED = (
    f"My commands have just changed. Please reload Discord (Ctrl+R) and try again. {NOT_CHARGED}"
)

NO_FILES = "Attach at least one picture, clip or sound; for words alone there is /video text."
MODEL_CANNOT = "{family} cannot work from this kind of file ({mode}). These can: {able}."
NO_ASSETS_HERE = "{family} does not take reviewed pictures. These do: {able}."
NO_REVIEW_HERE = "{family} does not need a review of pictures; leave that option out."
ORIGINAL_GONE = "Discord no longer has the original of: {names}."
ORIGINAL_GONE_HINT = f"Please attach it again in a new command. {NOT_CHARGED}"

MISSING_PERMISSIONS = "I may not do this here: I am missing {permissions} in this channel."
MISSING_PERMISSIONS_HINT = "A moderator can allow it in the channel's settings."
PERMISSIONS: Mapping[str, str] = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "embed_links": "Embed Links",
    "attach_files": "Attach Files",
}
ONLY_IN_SERVERS = "I make videos in servers, where I have been added."
ONLY_THE_ASKER = "Only the person who asked for this video can do that."
TOO_LATE_TO_CANCEL = "It is too late to cancel: the video was already handed to the video service."
ALREADY_OVER = "This video has already come to its end."
VIDEO_GONE = "I no longer have this video: finished ones are kept for a while only."
VIDEO_GONE_HINT = "If it was delivered it is still on its card. **Again** on the card makes a new one."
NO_FILE_HERE = "The file could not be sent here. If the link no longer works, please try again."
UNKNOWN_GENERATION = "I do not know this video any more."
OUT_OF_ORDER = (
    "Something went wrong on our side, and nothing was charged. If it happens again, tell the people who run this "
    "bot this number: `{reference}`."
)
STORAGE_DOWN = "I cannot reach my memory right now, so I did not start anything."
STORAGE_DOWN_HINT = f"{NOT_CHARGED} Please try again in a few minutes."
STOPPING = "I am being restarted, so I did not start anything."
STOPPING_HINT = f"{NOT_CHARGED} Please try again in a minute."

# The asset library.
COMMAND_ASSET = "Pictures of faces and characters, reviewed once and used by name."
COMMAND_ASSET_ADD = "Have a picture reviewed, so that videos may show it."
COMMAND_ASSET_LIST = "Your pictures in this server, and those shared with everybody."
COMMAND_ASSET_REMOVE = "Take a picture out of the library."
OPTION_ASSET_NAME = "What you want to call it, up to 32 characters."
OPTION_ASSET_PICTURE = "PNG, JPEG, WebP, GIF, BMP or TIFF with sides of 301 to 5999 pixels."
OPTION_ASSET_SHARED = "Whether everybody in this server may use it. Without it, only you may."
OPTION_ASSET_REMOVE = "The name of the picture."
ASSET_STATES: Mapping[AssetState, str] = {
    AssetState.NEW: "⏳ waiting for its review",
    AssetState.SUBMITTING: "⏳ waiting for its review",
    AssetState.REVIEWING: "⏳ under review",
    AssetState.ACTIVE: "✅ ready",
    AssetState.REFUSED: "🚫 not accepted: {reason}",
    AssetState.UNCERTAIN: "❔ not usable: {reason}",
    AssetState.REMOVED: "removed",
}
ASSET_OLD_KEY = "🔑 to be added again"
ASSET_ADDED = "“{name}” is being reviewed, which can take some minutes. `/asset list` shows how it is going."
ASSET_REMOVED = "“{name}” is no longer in the library."
ASSET_LIST_TITLE = "Pictures you can use here"
ASSET_LIST_NONE = "There are none yet. Add one with `/asset add`."
ASSET_LIST_LINE = "**{name}** · {state}\n{whose}"
LIST_MORE = "… and {count} more"
ASSET_PRIVATE = "only you can use it"
ASSET_SHARED = "shared by <@{owner_id}>"
ASSET_NAME_RULE = (
    "A picture's name has 1 to {max_chars} characters: letters, digits, emoji, blanks, and any of - _ . '"
)
ASSET_NAME_TAKEN = "There is already a picture called “{name}”. Remove it first, or choose another name."
ASSET_LIBRARY_FULL = "There are too many pictures in the library already."
ASSET_LIBRARY_FULL_HINT = "Remove some with `/asset remove`."
ASSET_UNKNOWN = "There is no picture called “{name}” that you can use in this server."
ASSET_UNKNOWN_HINT = "`/asset list` shows those you can use."
ASSET_NOT_READY = "The picture “{name}” is still under review."
ASSET_NOT_READY_HINT = "Please try again in some minutes; `/asset list` shows how it is going."
ASSET_REFUSED = "The picture “{name}” cannot be used: {reason}"
ASSET_OF_OLD_KEY = "The picture “{name}” was reviewed for an account that this bot no longer uses."
ASSET_ADD_AGAIN = "Attach it again, or another one: `/asset add`."
ASSET_NOT_YOURS = "“{name}” was shared by somebody else. They can remove it, and so can moderators."
ASSET_JUST_CHANGED = "“{name}” has just changed. Please try again."
ASSET_REASON_REVIEW = "The review did not allow it."
ASSET_REASON_SLOW = "The review took too long."
ASSET_REASON_OLD_KEY = "The bot's account at the video service changed during the review."
ASSET_REASON_UNCERTAIN = "The connection broke twice while it was being handed in for review."

# For operators: the people who run this bot.
COMMAND_OPERATOR = "For the people who run this bot."
COMMAND_OPERATOR_UNCERTAIN = "Videos of which nobody knows how they ended."
COMMAND_OPERATOR_RESOLVE = "Say what became of a video, after looking at the account of the video API."
OPTION_UNRESOLVED = "Which one; the id stands at the foot of its card."
OPTION_OUTCOME = "What you found out."
OPTION_TASK_ID = "If it came through: the id it has at the video API."
OUTCOMES: Mapping[str, str] = {
    "came through": "It came through: follow it by its id",
    "did not come through": "It did not come through: end it, not charged",
    "look again": "Look again for as long as the first time",
}
ONLY_OPERATORS = "Only the people who run this bot can do that."
UNRESOLVED_TITLE = "Nobody knows how these ended"
UNRESOLVED_NONE = "There are none. Every video has a known end."
UNRESOLVED_LINE = (
    "**{headline}** · <@{asker_id}> · {ended}\n> {prompt}\n{reason}\n{card} · `{generation_id}`{task}"
)
UNRESOLVED_NO_REASON = "No reason is known."
UNRESOLVED_TASK = " · at the API `{task_id}`"
UNRESOLVED_CHOICE = "{generation_id} · {state} · {prompt}"
RESOLVED_FOLLOWED = "It is followed again, and its card shows how it goes."
RESOLVED_ENDED = "It is over and not charged; its card says so, and the asker is told."
RESOLVED_ALREADY = "There is nothing to decide about this one: its card says “{headline}”."
RESOLVED_BEFORE = "This one has just changed. Please look at its card."
NOTHING_TO_LOOK_FOR = "The video API never gave us an id for this one, so there is nothing to look for."
TASK_ID_MISSING = "Please give the id it has at the video API."
TASK_ID_ODD = "This does not look like an id of the video API."
TASK_ID_TAKEN = "This id belongs to another generation: `{generation_id}`."
ALARM = "Showrunner needs you:\n{lines}"
ALARM_UNCERTAIN = (
    "- {count}x nobody knows whether a video was accepted. See `/operator uncertain` in a server."
)
ALARM_ACCOUNT = (
    "- {count}x the video API refused the bot's account. See its balance and key; the log has the words."
)
