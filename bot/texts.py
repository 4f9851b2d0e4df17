"""The English texts that people read, in one place, so that they can be changed or translated.

Templates are filled with ``str.format``; whoever fills in a person's words makes them harmless first
(:mod:`bot.delivery.plain_text`). What is wrong with a request or a file is worded beside its rule, in
:mod:`bot.upstream.faults` and :mod:`bot.media`; what a limit or a setting means and takes, in
:mod:`bot.limits.limits`.
"""

from collections.abc import Mapping

from storage.draft_records import ChangeKind, DraftState, Payment, Role, Rule, Slot
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
# Where several are listed, and none of them is “here”.
LISTED_HEADLINES: Mapping[State, str] = {**HEADLINES, State.DELIVERED: "✅ Done"}
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
        "run this bot will look into it. Until then its credits stay reserved."
    ),
    State.STALLED: (
        "We stopped waiting. The people who run this bot can look again; until then its credits stay reserved."
    ),
    State.LOST: "The people who run this bot can look into it; until then its credits stay reserved.",
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
FIELD_ORIGIN = "Begun from"
PARENT_LINKED = "[an earlier video]({url})"
VIDEO_NUMBERED = "video `{generation_id}`"
FIELD_CONTRIBUTORS = "Made together by"
FIELD_CONTRIBUTOR = "Made by"
FIELD_DRAFT = "From the draft"
FROM_DRAFT = "**{title}**"
FROM_DRAFT_LINKED = "**{title}** · [its card]({url})"
BROUGHT_FILES = "files"
FIELD_PROGRESS = "Progress"
FIELD_TOOK = "Took"
FIELD_COST = "Cost"
COST_NOTHING = "nothing"
COST_GIVEN_BACK = "{credits}, given back"
COST_PAID_BY = "{credits}, paid by <@{member_id}>"
COST_SHARED = "{credits}, shared: {shares}"
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
BUTTON_FORK = "Fork to a draft"

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
REASON_REFUNDED = (
    "Nobody could find out what became of it; the people who run this bot gave its credits back."
)
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
OPTION_MODEL = "Which model makes it: resolution, speed and price."
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
UNUSABLE_FILES_HINT = (
    "No model takes that, so no file was added. Change or leave out what is named, then add the rest."
)
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
    "create_public_threads": "Create Public Threads",
}
ONLY_IN_SERVERS = "I make videos in servers, where I have been added."
ONLY_THE_ASKER = "Only the person who asked for this video can do that."
TOO_LATE_TO_CANCEL = "It is too late to cancel: the video was already handed to the video service."
TOO_LATE_TO_CANCEL_HINT = "Its card shows how it goes on. If it does not work out, nothing is charged."
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
STORAGE_UNCLEAR = (
    "I lost touch with my memory just as I wrote that down, so I cannot say whether it was done."
)
STORAGE_UNCLEAR_HINT = (
    "Please wait a minute and look before you try again: if it was, a new card, `/usage` or "
    "`/limits history` shows it."
)
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

# Limits and credits.
NO_LIMIT_WORDS = frozenset({"none", "no limit", "unlimited", "off", "-"})
NO_LIMIT = "no limit"
NOT_SET = "not set"
VALUE_BY_DEFAULT = "{value} · default"
NONE = "none"
YES = "yes"
NO = "no"
DAYS = "{count} days"
FREE = "free"
PER_SECOND = "{credits} per second"
OFFER = "{label} · {price}"
OFFER_DEFAULT = "{label} · {price} (default)"
NO_SUCH_MODEL = "There is no model called “{name}”. Choose one of these: {models}."
QUESTION = "This takes {price}."
QUESTION_OF = "This takes {price_credits} of your {left}."
BUTTON_MAKE_IT = "Make it"
BUTTON_LEAVE_IT = "Leave it"
LEFT = f"It is left unmade. {NOT_CHARGED}"
NO_LONGER_OPEN = "This question is no longer open."
NO_LONGER_OPEN_HINT = f"{NOT_CHARGED} Please ask again."
WRONG_VALUE = "{name} {problem}."
CANNOT_BE_READ = "cannot be read like this"
UNKNOWN_SETTING_HINT = "`/limits show` lists them all."
UNKNOWN_SETTING = "There is no limit or setting called “{name}”."
VALUE_HINTS: Mapping[str, str] = {
    "credits": "Write a whole number, or “no limit”.",
    "count": "Write a whole number, or “no limit”.",
    "seconds": "Write a span such as 30s, 5m or 2h, or “no limit”.",
    "days": "Write a whole number of days, or “no limit”.",
    "models": "Write names of models with commas between them, or “no limit”.",
    "yes or no": "Write yes or no.",
    "percent": "Write a number from 1 to 100.",
    "channel": "Write a channel, such as #moderators, or “none”.",
    "time zone": "Write a name such as Europe/Berlin.",
}
LIMITS_REACHED = "This video is beyond a limit:"
OBSTACLES: Mapping[str, str] = {
    "credits_per_day": "{used} of your {allowed} credits of the last 24 hours are gone, and this takes {needed}.",
    "credits_per_month": "{used} of your {allowed} credits of this month are gone, and this takes {needed}.",
    "videos_per_day": "You have asked for {used} of {allowed} videos in the last 24 hours.",
    "videos_per_month": "You have asked for {used} of {allowed} videos this month.",
    "waiting_in_line": "{used} of your videos are under way, and {allowed} is the most at a time.",
    "cooldown_s": "There has to be a pause of {span} between two videos.",
    "longest_s": "Videos may be {allowed} s long at most here; this one is {needed} s.",
    "models": "You may use these models here: {models}.",
    "account_age_days": "Your Discord account has to be {allowed} days old.",
    "membership_days": "You have to be a member of this server for {allowed} days.",
    "budget_per_day": "This server has used {used} of its {allowed} credits of the last 24 hours; this takes {needed}.",
    "budget_per_month": "This server has used {used} of its {allowed} credits of this month; this takes {needed}.",
    "instance_budget_per_day": "This bot has used up what its operators allow in 24 hours.",
    "instance_budget_per_month": "This bot has used up what its operators allow in a month.",
}
CANNOT_PAY = "<@{member_id}> does not have the {credits} credits of their share."
CANNOT_PAY_HINT = f"**Pay** on the draft's card shows how else it can be paid. {NOT_CHARGED}"
OBSTACLE_BALANCE = "Your balance of {balance} does not cover the rest."
OBSTACLE_FREES = "It works again {when}."
CHEAPER_MODEL = "A cheaper model would still do: {model} takes {credits}."
# What to do where time alone does not help.
OBSTACLE_HINTS: Mapping[str, str] = {
    "credits_per_day": "A cheaper model or a shorter video may fit.",
    "credits_per_month": "A cheaper model or a shorter video may fit.",
    "videos_per_day": "A moderator can change that.",
    "videos_per_month": "A moderator can change that.",
    "waiting_in_line": "It works again as soon as one of them is done.",
    "longest_s": "Choose a shorter one.",
    "models": "Choose one of them.",
    "budget_per_day": "A cheaper model may fit, or a moderator can raise the budget.",
    "budget_per_month": "A cheaper model may fit, or a moderator can raise the budget.",
    "instance_budget_per_day": "A cheaper model may fit; the people who run this bot can raise it.",
    "instance_budget_per_month": "A cheaper model may fit; the people who run this bot can raise it.",
}
# … and where nothing at all is allowed, so that nothing cheaper helps either.
OBSTACLE_HINTS_AT_ZERO: Mapping[str, str] = {
    "credits_per_day": "A moderator can change that.",
    "credits_per_month": "A moderator can change that.",
    "budget_per_day": "A moderator can raise the budget.",
    "budget_per_month": "A moderator can raise the budget.",
    "instance_budget_per_day": "The people who run this bot can raise it.",
    "instance_budget_per_month": "The people who run this bot can raise it.",
}
BUDGET_DAY_SHORT = (
    "⚠️ This server has used {used} of the {allowed} credits that it may use for videos in 24 hours. When they are used "
    "up, new videos are refused until older ones are a day old. `/limits set` changes the budget."
)
INSTANCE_BUDGET_DAY_SHORT = (
    "⚠️ All servers together have used {used} of the {allowed} credits of `BUDGET_PER_DAY`. When they are used up, "
    "new videos are refused everywhere until older ones are a day old."
)
INSTANCE_BUDGET_MONTH_SHORT = (
    "⚠️ All servers together have used {used} of the {allowed} credits of `BUDGET_PER_MONTH`. When they are used up, "
    "new videos are refused everywhere until the next month begins {when}."
)
BUDGET_MONTH_SHORT = (
    "⚠️ This server has used {used} of the {allowed} credits that it may use for videos this month. When they are used "
    "up, new videos are refused until the next month begins {when}. `/limits set` changes the budget."
)
COMMAND_USAGE = "What you can still use here, what is under way, and what your videos took."
USAGE_TITLE = "Your use in this server"
USAGE_LIMITS: Mapping[str, str] = {
    "credits_per_day": "Credits per day",
    "credits_per_month": "Credits per month",
    "videos_per_day": "Videos per day",
    "videos_per_month": "Videos per month",
    "running_at_once": "Places for videos in the making",
    "waiting_in_line": "Places for videos in line",
    "cooldown_s": "Pause between videos",
    "longest_s": "Longest video",
    "models": "Models",
    "account_age_days": "Age that your Discord account must have",
    "membership_days": "Time that you must have been in this server",
}
USAGE_METER = "{bar} {label}: **{left}** of {allowed} left"
USAGE_MORE = " · more {when}"
USAGE_FULL = " · full again {when}"
USAGE_RULE = "{label}: **{value}**"
USAGE_WAIT = "⏳ {label}: **{value}** · you can ask {when}"
USAGE_BUDGETS: Mapping[str, str] = {
    "budget_per_day": "⛔ This server has used up its credits of the last 24 hours",
    "budget_per_month": "⛔ This server has used up its credits of this month",
    "instance_budget_per_day": "⛔ This bot has used up what its operators allow in 24 hours",
    "instance_budget_per_month": "⛔ This bot has used up what its operators allow in a month",
}
USAGE_EXEMPT = "You are exempt: limits for members do not hold for you here."
USAGE_NO_LIMITS = "Nothing limits you here."
USAGE_BALANCE = "Your balance, used last: **{count}**"
USAGE_HELD = "Credits reserved for videos that are not over: **{count}**"
USAGE_RUNNING = "\n**Under way**"
USAGE_HISTORY = "\n**Your latest videos**"
USAGE_VIDEO = "{headline} · {cost} · {asked}\n{what}\n{card}"
USAGE_PAID_BY_OTHERS = "paid by others"
USAGE_FOR_DRAFT = "for **{title}**, a draft of <@{asker_id}>"
# By what last became of the credits: a verb of the ledger.
USAGE_COSTS: Mapping[str, str] = {
    "reserve": "{credits} reserved",
    "settle": "{credits}",
    "release": "{credits} given back",
    "refund": "{credits} given back",
}
USAGE_CHANGES = "\n**Credits that you were given, gave or got back**"
USAGE_CHANGE = "{change} {what} · {when}"
# By the verb of the ledger; what a moderator takes back is a grant below zero.
USAGE_CHANGE_WORDS: Mapping[str, str] = {
    "grant": "granted by <@{who}>",
    "take back": "taken back by <@{who}>",
    "give": "given to <@{who}>",
    "receive": "from <@{who}>",
    "refund": "given back by <@{who}> for “{prompt}”",
}
CHART_CREDITS = "Your credits of the last {days} days"
CHART_VIDEOS = "Your videos of the last {days} days"
CHART_CREDITS_TAKEN = "Credits used"
CHART_CREDITS_HELD = "Credits reserved"
CHART_VIDEOS_TAKEN = "Videos"
CHART_LIMIT = "Limit: {count} a day"
CHART_EMPTY = "Nothing was used."

COMMAND_LIMITS = "What members may do here: for moderators."
COMMAND_LIMITS_SHOW = "What holds in this server, for a role or for a member, and where it comes from."
COMMAND_LIMITS_SET = "Set a limit or a setting for the server, a role or a member."
COMMAND_LIMITS_RESET = "Take back what was set, so that the wider rule holds again."
COMMAND_LIMITS_GRANT = "Add credits to a member's balance, or take some back."
COMMAND_LIMITS_REFUND = "Give back what a video took."
COMMAND_LIMITS_TOP = "Who used how much, as a picture and as a file."
COMMAND_LIMITS_HISTORY = "Who changed what."
COMMAND_GIFT = "Give some of your credits to another member."
OPTION_LIMIT = "Which one."
OPTION_VALUE = "The new value; “no limit” lifts a limit."
OPTION_RESET = "Which one; without it everything that is set there."
OPTION_ROLE = "For everybody with this role; @everyone is the server."
OPTION_MEMBER = "For this member alone."
OPTION_GRANTEE = "Who gets them."
OPTION_GRANT = "How many; a negative number takes back."
OPTION_GIFT = "How many."
OPTION_REFUND = "Which video; its number stands at the foot of its card."
OPTION_TOP_DAYS = "Of how many days; 30 if you leave it out."
ONLY_MODERATORS = "Only moderators can do that: you need the permission Manage Server."
ONE_SUBJECT = "Choose a role or a member, not both."
NOTHING_CHANGED = "Nothing was changed."
ONLY_FOR_SERVERS = "{name} is for the server as a whole."
ONLY_FOR_SERVERS_HINT = "Set it without a role and without a member."
CHANNEL_ELSEWHERE = "This is not a channel of this server."
CHANNEL_ELSEWHERE_HINT = "Choose one from the list, or write it as #channel."
LIMITS_TITLE = "Limits and settings"
LIMITS_OF: Mapping[str, str] = {
    "server": "For members without limits of their own, and for the server:",
    "role": "For members who have {whom} and no other role:",
    "member": "For {whom}, whose balance is {credits}:",
}
LIMITS_LINE = "`{name}` **{value}** · {source}"
LIMITS_NONE = "Not limited: {names}"
LIMIT_SOURCES: Mapping[str, str] = {
    "default": "default",
    "server": "this server",
    "role": "role",
    "member": "this member",
}
LIMIT_CHOICE = "{name} · {help}"
VALUE_NOW = "{value} (now)"
WHOM: Mapping[str, str] = {"server": "this server", "role": "<@&{id}>", "member": "<@{id}>"}
LIMIT_SET = "`{name}` of {whom}: **{after}** (before: {before})."
LIMIT_SET_ALREADY = "`{name}` of {whom} was **{after}** already."
LIMITS_RESET = "No longer set for {whom}. What holds now:"
LIMITS_RESET_NOTHING = "Nothing of that was set for {whom}, so nothing was changed."
GRANTED = "{whom} got {credits}; their balance is now {balance}."
GRANTED_BACK = "{credits} were taken back from {whom}; their balance is now {balance}."
GRANT_TOO_LARGE = "Nobody can have a balance above {most} credits."
GRANT_NOTHING = "There is nothing to do with 0 credits. Give a number above 0, or below 0 to take back."
GRANT_BELOW_ZERO = "This member's balance is {balance}, so no more than that can be taken back."
NOT_A_PERSON = "Bots cannot have credits. Please choose a person."
REFUNDED = "Given back for the video `{generation_id}`:"
REFUNDED_SHARE = "{credits} to {whom}"
REFUND_CHOICE = "{credits} · {asked} · {prompt}"
REFUND_UNKNOWN = "There is no such video in this server."
REFUND_UNKNOWN_HINT = "Choose one from the list."
REFUND_UNDER_WAY = "Nothing was taken for this video yet: it is not over, so its credits are only reserved."
REFUND_UNDER_WAY_HINT = (
    "If it does not work out they are given back by themselves; where nobody knows, operators decide."
)
REFUND_RELEASED = "This video took nothing: its credits were given back when it ended."
REFUND_ALREADY = "The credits of this video were given back already."
REFUND_FREE = "This video was free, so there is nothing to give back."
REFUND_NOTHING_HINT = "`/limits grant` gives a member credits all the same."
# What the member concerned is told by direct message.
LETTER_GRANTED = "<@{actor_id}> granted you {credits} in **{server}**. {balance}"
LETTER_TAKEN_BACK = "<@{actor_id}> took back {credits} of those granted to you in **{server}**. {balance}"
LETTER_REFUNDED = (
    "<@{actor_id}> gave you back the {credits} that the video `{generation_id}` took from you in **{server}**. "
    "{balance}"
)
LETTER_GIFT = "🎁 <@{actor_id}> gave you {credits} in **{server}**. {balance}"
LETTER_BALANCE = (
    "Your balance there is now {balance}, beside the allowance that limits give you; "
    "`/usage` there shows it all."
)
GIFTS_OFF = "Members of this server do not give each other credits."
GIFTS_OFF_HINT = "A moderator can allow it: `/limits set` gifts."
GIFT_TO_NOBODY = "A gift is at least 1 credit, and for somebody else."
GIFT_TOO_LARGE = "You cannot give {credits}: you have {most} that you can give now."
GIFT_BEYOND_LIMIT = "You cannot give credits yet:"
GIFT_GIVEN = "You gave {credits} to {whom}."
GIFT_PUBLIC = "🎁 {giver} gave {credits} to {whom}."
TOP_TITLE = "Who used most in the last {days} days"
TOP_LINE = "**#{place}** <@{member_id}> · {use}"
TOP_NONE = "Nobody used anything."
TOP_LABEL = "#{place} {name}"
TOP_USE = "{credits}, {videos}"
TOP_USE_FOR_OTHERS = "{credits}, for videos of others"
HISTORY_TITLE = "Who changed what"
HISTORY_NONE = "Nobody has changed anything yet."
HISTORY_LINES: Mapping[str, str] = {
    "set limit": "{when} <@{actor_id}>: `{name}` of {whom}: {before} → **{after}**",
    "set price": "{when} <@{actor_id}>: price of {model}: {before} → **{after}**",
    "grant credits": "{when} <@{actor_id}>: {credits} granted to {whom}",
    "refund generation": "{when} <@{actor_id}>: {credits} of video `{subject}` back to <@{member_id}>",
}

# Shared drafts.
SLOTS: Mapping[Slot, str] = {
    Slot.SUBJECT: "Subject",
    Slot.ACTION: "Action",
    Slot.CAMERA: "Camera",
    Slot.LIGHT: "Light and style",
    Slot.SOUND: "Sound",
    Slot.MORE: "Anything else",
}
# On the buttons of a card, which a phone shows three of in a row; the emoji leads to the part's whole name above.
SLOT_EMOJIS: Mapping[Slot, str] = {
    Slot.SUBJECT: "⭐",
    Slot.ACTION: "🏃",
    Slot.CAMERA: "🎦",
    Slot.LIGHT: "🎨",
    Slot.SOUND: "🔊",
    Slot.MORE: "✨",
}
SLOTS_SHORT: Mapping[Slot, str] = {
    Slot.SUBJECT: "Subject",
    Slot.ACTION: "Action",
    Slot.CAMERA: "Camera",
    Slot.LIGHT: "Style",
    Slot.SOUND: "Sound",
    Slot.MORE: "Other",
}
SLOT_HINTS: Mapping[Slot, str] = {
    Slot.SUBJECT: "Who or what is seen: a paper boat with a red sail",
    Slot.ACTION: "What happens: drifts under a stone bridge",
    Slot.CAMERA: "Shot and movement: low angle, slow dolly in",
    Slot.LIGHT: "Light, colours, style: golden hour, soft film grain",
    Slot.SOUND: "What is heard: water, far bells",
    Slot.MORE: "Whatever the other parts leave out",
}
SLOT_IN_PROMPT: Mapping[Slot, str] = {
    Slot.SUBJECT: "{text}",
    Slot.ACTION: "{text}",
    Slot.CAMERA: "Camera: {text}",
    Slot.LIGHT: "Light and style: {text}",
    Slot.SOUND: "Sound: {text}",
    Slot.MORE: "{text}",
}
# The card of a draft.
DRAFT_TITLE = "📝 {title}"
DRAFT_FOOTER = "Draft {draft_id}"
DRAFT_INVITATIONS: Mapping[Role, str] = {
    Role.EDITOR: "Everybody may write: press a part below. A text for somebody else's part is a suggestion.",
    Role.APPROVER: "Everybody has a say; those whom the owner chose may write.",
    Role.WATCHER: "Everybody may watch; those whom the owner chose take part.",
}
DRAFT_IS_LOCKED = "🔒 Locked by its owner, <@{owner_id}>: only they and moderators can change or unlock it."
DRAFT_IS_LOCKED_BY_MODERATOR = (
    "🔒 Locked by a moderator, <@{moderator_id}>: nothing changes until a moderator unlocks it."
)
DRAFT_IN_VOTE = "🗳️ A vote is on: choose a variant below. What is written meanwhile changes none of them."
DRAFT_ENDS = "⏳ Nobody has edited it for a while. Without an edit it ends {when}."
DRAFT_REOPENED = f"⚠️ It was not made: {{reason}}\n{NOT_CHARGED}"
DRAFT_IN_HANDS = "🎬 Decided. It is on its way to the video service."
DRAFT_BECAME = "🎬 Decided. Follow it here: {video}"
DRAFT_VIDEO_LINK = "[the video]({url})"
DRAFT_BEGUN_FROM = "🌱 Begun from {origin}"
DRAFT_ORIGIN = "**{title}** · {video}"
DRAFT_ENDED = f"⏹️ Over. {{reason}} {NOT_CHARGED}"
DRAFT_LENGTH = "**{count:,} characters**"
DRAFT_LENGTH_OF = "**{count:,} of {max_chars:,} characters**"
DRAFT_TOO_LONG = "**⚠️ {count:,} of {max_chars:,} characters: {excess:,} too many for this model**"
DRAFT_OPEN_SLOT = "— nobody yet —"
DRAFT_SLOT_NAME = "{emoji} {slot}"
DRAFT_SLOT_LOCKED = "{slot} 🔒"
DRAFT_FILE = "{field}: {name} · <@{author_id}>"
FIELD_DRAFT_FILES = "Files"
FIELD_TOGETHER = "Together ({count})"
FIELD_DECIDING = "Who decides"
FIELD_VARIANTS = "Variants"
FIELD_SUGGESTIONS = "Suggestions ({count})"
DRAFT_SUGGESTION = "{slot}, <@{author_id}>: {text}"
DRAFT_OWNER_DECIDES = "<@{owner_id}>"
DRAFT_APPROVALS = "{count} of {needed} approvals {people}"
DRAFT_OUTDATED = "An earlier text was approved by {people}"
DRAFT_VOTE_COMES = (
    "A vote between variants: save the text as one, change it, save another, and <@{owner_id}> begins."
)
DRAFT_VOTE_ENDS = "A vote. It ends {when}; the variant with the most votes is made."
DRAFT_CHOSEN = "Variant {number} was chosen."
DRAFT_VARIANT = "**{number}** · {votes} · {prompt}"
DRAFT_OWNER_PAYS = "{price} · <@{owner_id}> pays"
DRAFT_SPONSOR_PAYS = "{price} · <@{sponsor_id}> pays {share}"
DRAFT_SPONSOR_AND_OWNER = "{price} · <@{sponsor_id}> pays {share}, <@{owner_id}> the rest"
DRAFT_SHARED = "{price} · shared by {people}"
DRAFT_SHARE = "<@{member_id}> {credits}"
DRAFT_PAYER = "<@{member_id}>"
DRAFT_UNPAYABLE = "{cost}\n⚠️ {reason}"
DRAFT_UNSHARED = "{price} · to be shared"
DRAFT_MENU_VOTE = "Vote for a variant"
BUTTON_PART = "{mark} {part}"
PART_WRITTEN = "✓"
BUTTON_FILES = "📎 Files"
BUTTON_OPTIONS = "⚙️ Options"
BUTTON_SUGGESTIONS = "💡 Suggestions ({count})"
BUTTON_UNDO = "↩️ Undo"
BUTTON_PREVIEW = "👀 Preview"
BUTTON_MAKE = "Make it · {price}"
BUTTON_APPROVE = "Approve ({count} of {needed})"
BUTTON_VARIANT = "Save as variant"
BUTTON_BEGIN = "Begin the vote"
BUTTON_PAY = "Pay"
BUTTON_MORE = "More"

DRAFT_UNTITLED = "Untitled"
DRAFT_TITLE_NUMBER = " ({number})"
DRAFT_UNKNOWN = "I do not know this draft."
DRAFT_DECIDED = "This draft is decided and being handed over, so it cannot be changed now."
DRAFT_OVER = "This draft is over. **Fork to a draft** on its video begins a new one."
DRAFT_LOCKED = (
    "This draft is locked by its owner, <@{owner_id}>: only they and moderators can change or unlock it."
)
DRAFT_LOCKED_BY_MODERATOR = (
    "A moderator, <@{moderator_id}>, has locked this draft: nothing changes until a moderator unlocks it."
)
DRAFT_NOT_EDITOR = "Your role in this draft does not let you edit. Its owner can change that."
DRAFT_ONLY_WATCHES = "You only watch this draft. Its owner can change that."
DRAFT_ONLY_OWNER = "Only the owner of this draft, <@{owner_id}>, can do that."
DRAFT_ONLY_IN_CHARGE = "Only the owner of this draft, <@{owner_id}>, and moderators can do that."
DRAFT_SLOT_HELD = "This part is somebody else's, or locked. You can suggest another text for it."
DRAFT_SLOT_TOO_LONG = "One part takes {max_chars} characters at most."
DRAFT_NO_SUCH_SUGGESTION = "This suggestion is no longer open."
DRAFT_NO_SUCH_FILE = "This file is no longer part of the draft."
DRAFT_NO_SUCH_VARIANT = "There is no such variant."
DRAFT_NOT_YOUR_FILE = "Only whoever added this file, or the draft's owner, can take it away."
DRAFT_FRAME_TAKEN = "The draft has a {frame} already. Take it away first."
DRAFT_NOTHING_TO_UNDO = "There is nothing of yours to undo in this draft."
DRAFT_FULL_PEOPLE = "{count} people take part already; that is the most."
DRAFT_FULL_MEDIA = "A draft takes {count} files at most."
DRAFT_FULL_SUGGESTIONS = "{count} suggestions are open already. Some have to be put in or taken away first."
DRAFT_FULL_VARIANTS = "A draft takes {count} variants at most."
DRAFT_TOO_MANY = "This server has {count} open drafts already. End some first."
DRAFT_EMPTY = "The draft says nothing yet. Fill in a part first."
DRAFT_BY_VOTE = "This draft is decided by a vote between variants."
DRAFT_NO_VOTE = "There is no vote now."
DRAFT_VOTE_UNDER_WAY = "The vote has begun already."
DRAFT_SAME_VARIANT = "There is a variant with this very text already."
DRAFT_TWO_VARIANTS = "A vote needs two variants at least. Save one, change the text, save another."
DRAFT_NOBODY_VOTED = "The vote is over, and nobody voted."
DRAFT_HAS_SPONSOR = "<@{sponsor_id}> is the sponsor already."
DRAFT_NOT_SPONSOR = "You are not the sponsor of this draft."
DRAFT_IS_SHARED = (
    "The price of this draft is shared. Agree to pay a share, or ask <@{owner_id}> to pay for it."
)
DRAFT_NOT_SHARED = "The price of this draft is not shared."
DRAFT_OWNER_PAYS_LESS = (
    "It would cost <@{owner_id}> {credits} credits now, but they said yes to {max_credits}. Deciding again, or "
    "`/draft decide` where others decide, says yes to the new price."
)
DRAFT_NOT_YOUR_VARIANT = "Only whoever saved this variant, or the draft's owner, can take it away."
DRAFT_VOTE_HINT = "Files and options stay as they are until the vote is over."
DRAFT_APPROVED_ALREADY = "You approve this already. **More** on the card takes it back."
DRAFT_NOBODY_SHARES = "The price is to be shared, but nobody has agreed to pay a share yet."
DRAFT_SHARE_TOO_LARGE = (
    "A share would be {credits} credits, but <@{member_id}> agreed to {max_credits} at most."
)
DRAFT_OWNERS_LIMITS = "For <@{owner_id}>: {reasons}"
DRAFT_OPTIONS = "“{title}”, {model}, {format}"
DRAFT_OWNER_CANNOT_LEAVE = "The draft is yours. Hand it over first, or end it."
DRAFT_NOT_A_PARTICIPANT = "You do not take part in this draft."
DRAFT_OWNERS_ROLE = "The owner can do everything; there is no role to change."
DRAFT_ENDED_BY_OWNER = "Its owner ended it."
DRAFT_ENDED_BY_MODERATOR = "A moderator ended it."
DRAFT_EXPIRED = "Nobody edited it for a long time."
DRAFT_WARNING = (
    "<@{owner_id}> nobody has edited the draft “{title}” for a while. Without an edit it ends {when}."
)
DRAFT_NONE_HERE = "There is no open draft in this channel."
DRAFT_NONE_HERE_HINT = "Open one with `/draft new`, or name one of another channel in the option `draft`."
DRAFT_STATES: Mapping[DraftState, str] = {
    DraftState.OPEN: "open",
    DraftState.DECIDED: "being handed over",
    DraftState.SUBMITTED: "became a video",
    DraftState.ENDED: "ended",
}
DRAFT_ROLES: Mapping[Role, str] = {
    Role.EDITOR: "edits and has a say",
    Role.APPROVER: "only has a say",
    Role.WATCHER: "only watches",
}
DRAFT_RULES: Mapping[Rule, str] = {
    Rule.OWNER: "the owner decides",
    Rule.APPROVALS: "several have to approve",
    Rule.VOTE: "a vote between variants",
}
DRAFT_PAYERS: Mapping[Payment, str] = {
    Payment.OWNER: "the owner pays",
    Payment.SPONSOR: "a sponsor pays",
    Payment.SHARES: "shared by whoever agrees",
}
COMMAND_DRAFT = "Write a video together: parts, suggestions, files, approvals, shared cost."
COMMAND_DRAFT_NEW = "Open a shared draft that everybody here can write."
COMMAND_DRAFT_SHOW = "The whole text of a draft, and where its card is."
COMMAND_DRAFT_HISTORY = "Who wrote what, and what it replaced, the newest first."
COMMAND_DRAFT_TREE = "What a video was made from, and what was made from it."
COMMAND_DRAFT_ATTACH = "Add files to a draft."
COMMAND_DRAFT_LEAVE = "Take part no more; what you wrote stays, with your name."
COMMAND_DRAFT_HAND_OVER = "Make somebody else the owner of a draft."
COMMAND_DRAFT_ROLE = "Say what somebody may do with your draft."
COMMAND_DRAFT_NEWCOMERS = "Say what everybody else may do with your draft."
COMMAND_DRAFT_LOCK = "Keep others from changing a draft, or one part of it."
COMMAND_DRAFT_UNLOCK = "Let others change a draft, or one part of it, again."
COMMAND_DRAFT_END = "End a draft without a video."
COMMAND_DRAFT_DECIDE = "Choose how it is decided that your draft becomes a video."
COMMAND_DRAFT_PAY = "Choose who pays for the video of your draft."
COMMAND_DRAFT_SPONSOR = "Offer to pay for the video of a draft."
OPTION_DRAFT = "Which draft; without it the one edited last in this channel."
OPTION_DRAFT_TITLE = "What the draft is called."
OPTION_DRAFT_TEXT = "What is seen first: its subject. Everybody can go on from there."
OPTION_DRAFT_THREAD = "Give the draft a thread of its own."
OPTION_DRAFT_SLOT = "Only this part."
OPTION_DRAFT_PAGE = "Older changes are on later pages."
OPTION_DRAFT_TREE = "Which video; the number at the foot of its card works too."
OPTION_DRAFT_FILE = "A picture, clip or sound."
OPTION_DRAFT_USE = "What it is for; a reference if you leave it out."
OPTION_DRAFT_HEIR = "Who shall own it."
OPTION_DRAFT_MEMBER = "Whom it is about."
OPTION_DRAFT_ROLE = "What they may do."
OPTION_DRAFT_RULE = "Who decides."
OPTION_DRAFT_NEEDED = "How many have to approve."
OPTION_DRAFT_PAYER = "Who pays. A sponsor offers by themselves: /draft sponsor."
OPTION_DRAFT_SPONSOR = "How many credits at most; the owner pays the rest. 0 takes your offer back."
MENU_DRAFT_ADD = "Add to our draft"
MENU_DRAFT_REFERENCE = "Use as reference in our draft"
DRAFT_CHOICE = "{title} · {state}"
DRAFT_OPENED = (
    "Your draft is open in <#{channel_id}>; its card appears there in a moment. Everybody can fill in its parts with "
    "the buttons of the card. **Files** adds pictures and clips, **More** has everything else."
)
DRAFT_NO_THREADS_HERE = "A thread cannot be opened from here."
DRAFT_NO_THREADS_HERE_HINT = "Leave out the option `thread`, or ask in an ordinary text channel."
DRAFT_NO_THREAD = "Discord did not open the thread, so no draft was opened. Please try again."
DRAFT_FILES_SWAPPED = "{added}, in place of {removed}"
DRAFT_UNCHANGED = "That is how it was already, so nothing was changed."
DRAFT_HANDED_OVER = "That decides it: the draft becomes a video now. Its card shows how it goes."
# By the kind of a change: what its author is told; ``slot`` is the part that it is about, if it is about one …
DRAFT_DONE: Mapping[ChangeKind, str] = {
    ChangeKind.WRITE: "Saved. The card shows it in a moment.",
    ChangeKind.SUGGEST: "Your text is kept as a suggestion.",
    ChangeKind.ACCEPT: "The suggestion is in the draft now, in its author's name.",
    ChangeKind.DECLINE: "The suggestion is off the list. It stays in the history.",
    ChangeKind.UNDO: "Undone: **{slot}** is as it was before.",
    ChangeKind.LOCK: "This part stays as it is; others can suggest.",
    ChangeKind.UNLOCK: "This part can be changed again.",
    ChangeKind.ADD_FILE: "Added.",
    ChangeKind.REMOVE_FILE: "The file is no longer part of the draft.",
    ChangeKind.OPTIONS: "Saved.",
    ChangeKind.RULE: "Saved. The card says how it is decided.",
    ChangeKind.DECIDE: DRAFT_HANDED_OVER,
    ChangeKind.APPROVE: "You approve what the draft says now. **More** on the card takes it back.",
    ChangeKind.REMOVE_VARIANT: "The variant is off the list.",
    ChangeKind.WITHDRAW: "Your approval is taken back.",
    ChangeKind.VARIANT: "Saved as a variant for the vote. Change the text and save another one.",
    ChangeKind.BEGIN_VOTE: "The vote has begun.",
    ChangeKind.VOTE: "Your vote counts. You can change it until the vote closes.",
    ChangeKind.PAYMENT: "Saved. The card says who pays.",
    ChangeKind.SPONSOR: "Saved. The card says what you offer.",
    ChangeKind.SHARE: "You agreed to pay a share. Nothing is taken before it is decided.",
    ChangeKind.SHARE_NO_MORE: "You pay no share any more.",
    ChangeKind.LEAVE: (
        "You take part no more: your approval, your vote and what you would pay are taken back. What you wrote stays, "
        "with your name."
    ),
    ChangeKind.HAND_OVER: "The draft has a new owner.",
    ChangeKind.ROLE: "Saved.",
    ChangeKind.NEWCOMERS: "Saved. It holds for everybody who has no role of their own in this draft.",
    ChangeKind.LOCK_DRAFT: "The draft is locked: only its owner and moderators can change it.",
    ChangeKind.UNLOCK_DRAFT: "The draft can be changed again.",
    ChangeKind.END: "The draft is over. Its history stays.",
}
DRAFT_LOCKED_FOR_ALL = (
    "The draft is locked: until a moderator unlocks it, nobody changes it, decides or pays, not even its owner. If "
    "there was a vote, it has ended without a result."
)
DRAFT_NEW_OWNER = (
    "👑 <@{giver_id}> handed a draft over to <@{owner_id}>, who alone decides about it now, and pays unless somebody "
    "else does. {link}"
)
# … and what its history says.
DRAFT_CHANGES: Mapping[ChangeKind, str] = {
    ChangeKind.TAKE_OVER: "taken over from the video",
    ChangeKind.WRITE: "wrote",
    ChangeKind.SUGGEST: "suggested",
    ChangeKind.ACCEPT: "made a suggestion that was put in",
    ChangeKind.DECLINE: "took a suggestion away",
    ChangeKind.UNDO: "undid #{undone}",
    ChangeKind.LOCK: "locked the part",
    ChangeKind.UNLOCK: "unlocked the part",
    ChangeKind.ADD_FILE: "added",
    ChangeKind.REMOVE_FILE: "took away",
    ChangeKind.OPTIONS: "chose",
    ChangeKind.RULE: "chose who decides",
    ChangeKind.DECIDE: "decided",
    ChangeKind.APPROVE: "approved",
    ChangeKind.WITHDRAW: "took an approval back",
    ChangeKind.VARIANT: "saved a variant",
    ChangeKind.REMOVE_VARIANT: "took a variant off the list",
    ChangeKind.BEGIN_VOTE: "began the vote",
    ChangeKind.VOTE: "voted",
    ChangeKind.PAYMENT: "chose who pays",
    ChangeKind.SPONSOR: "offered to pay, in credits at most",
    ChangeKind.SHARE: "agreed to pay a share",
    ChangeKind.SHARE_NO_MORE: "pays no share any more",
    ChangeKind.LEAVE: "left",
    ChangeKind.HAND_OVER: "handed it over",
    ChangeKind.ROLE: "gave a role",
    ChangeKind.NEWCOMERS: "chose the role of newcomers",
    ChangeKind.LOCK_DRAFT: "locked the draft",
    ChangeKind.UNLOCK_DRAFT: "unlocked the draft",
    ChangeKind.END: "ended it",
}
DRAFT_CHANGE = "**#{number}** {who_did_what} {when}"
DRAFT_CHANGE_OF = "**#{number}** {who_did_what} {when} · **{slot}**"
DRAFT_WHO_DID_WHAT = "<@{author_id}> {what}"
DRAFT_WHO_PUT_IN = "<@{put_in_by_id}> put in the suggestion of <@{author_id}>"
DRAFT_WHOSE_TAKEN_OVER = "words of <@{author_id}>, {what}"
DRAFT_WHOLE = "The file has every text whole."
DRAFT_CLEARED = "*(cleared)*"
DRAFT_HISTORY_TITLE = "History of {title}"
DRAFT_HISTORY_NONE = "Nobody has written anything here yet."
DRAFT_HISTORY_PAGE = "Page {page} of {count}"
DRAFT_HISTORY_FILE = "#{number} {at} by {author_id}{put_in}: {kind} {slot}\n{text}\n"
DRAFT_HISTORY_FILE_PUT_IN = ", put in by {put_in_by_id}"
BUTTON_NEWER = "Newer"
BUTTON_OLDER = "Older"
DRAFT_TREE_UNKNOWN = "There is no video with this number here."
DRAFT_TREE_TITLE = "Where it comes from, and what came of it"
DRAFT_TREE_LINE = "{indent}{mark} {step}"
DRAFT_TREE_VIDEO = "{title}“{prompt}” · {people} · {card}"
DRAFT_TREE_TITLE_BEFORE = "**{title}** · "
DRAFT_TREE_DRAFT = "**{title}** · a draft in the making · {people} · {card}"
DRAFT_TREE_HIDDEN = "in another channel"
DRAFT_PREVIEW_TITLE = "The prompt of {title}"
DRAFT_PREVIEW_EMPTY = "Nothing yet. Press a part on the card to write the first words."
DRAFT_PREVIEW_LENGTH = "{count:,} of {max_chars:,} characters"
DRAFT_PREVIEW_TOO_LONG = "{count:,} characters: {over:,} more than {family} takes"
DRAFT_PREVIEW_NO_LIMIT = "{count:,} characters"
DRAFT_PREVIEW_FILE = "It is too long to be shown here, so it is in the file."
DRAFT_CARD_LINK = "[Go to the card]({url})"
FORM_DRAFT_WRITE = "{part}: write"
FORM_DRAFT_SUGGEST = "{part}: suggest"
FORM_DRAFT_WRITE_NOTE = "It goes into the draft at once. An empty text clears the part."
FORM_DRAFT_SUGGEST_NOTE = "This part is somebody else's or locked: your text becomes a suggestion."
FORM_DRAFT_TOO_LONG = "The present text is too long to be edited here; what you write replaces it."
FORM_DRAFT_FILES = "Files of the draft"
FORM_DRAFT_NEW_FILES = "Add"
FORM_DRAFT_USE = "What they are for"
FORM_DRAFT_REMOVE = "Take away"
DRAFT_USES: Mapping[str, str] = {
    "reference": "Reference: picture, clip or sound",
    "first_image": "First frame: one picture",
    "last_image": "Last frame: one picture",
}
DRAFT_FRAME_IS_PICTURE = "A first or last frame is one picture. “{name}” is something else."
FORM_DRAFT_OPTIONS = "Title, model, length and shape"
FORM_DRAFT_TITLE = "Title"
FORM_DRAFT_BEGIN = "Begin the vote"
FORM_DRAFT_MINUTES = "For how many minutes"
FORM_DRAFT_SPONSOR = "Sponsor this video"
FORM_DRAFT_CREDITS = "How many credits at most"
FORM_DRAFT_SPONSOR_NOTE = "The owner pays the rest. Nothing is taken before it is decided."
FORM_DRAFT_ADD_TEXT = "Text"
FORM_DRAFT_ADD_NOTE = "From {name}. It is added in your name, after what stands there."
FORM_DRAFT_ADD_SLOT = "Into which part"
FORM_DRAFT_ADD_DRAFT = "Of which draft"
DRAFT_NUMBER = "Please write a whole number, such as 60."
DRAFT_NO_TEXT = "This message has no text."
DRAFT_NO_TEXT_HINT = "**Use as reference in our draft** takes its files."
DRAFT_TEXT_BACK = "Here is what you wrote, so that it is not lost:"
DRAFT_WAS_FASTER = "Somebody was faster: <@{author_id}> changed **{slot}** while you were writing."
DRAFT_KEPT = "Your text is kept as a suggestion. Compared with what stands there now:"
DRAFT_HELD = (
    "**{slot}** belongs to <@{author_id}>. Your text is kept as a suggestion. "
    "Compared with what stands there now:"
)
DRAFT_PART_LOCKED = "**{slot}** is locked. Your text is kept as a suggestion:"
BUTTON_DRAFT_MINE = "Put mine in"
DRAFT_FILES_POSTED = "📎 <@{member_id}> added to the draft **{title}**:"
DRAFT_FILES_ADDED = "Added to **{title}**: {names}."
DRAFT_FILES_FORKED = "📎 <@{member_id}> takes these files over into a draft:"
DRAFT_FORK_FILES_A_DAY = (
    "Discord would not take a copy of {names}, so only the link is there: it works for about a day after the file was "
    "attached. Add the file again with **Files**, and it stays."
)
DRAFT_FILES_A_DAY = (
    "Discord would not take a copy of {names}, so only the link is kept: it works for about a day. A smaller file "
    "works longer."
)
DRAFT_NO_SUGGESTIONS = (
    "There are no open suggestions. Whoever writes into a part of somebody else's makes one."
)
DRAFT_SUGGESTIONS_TITLE = "Suggestions: {count} open"
DRAFT_ONE_SUGGESTION = "<@{author_id}> suggests for **{slot}**:"
DRAFT_SUGGESTION_CHOICE = "{slot}: {text}"
SELECT_DRAFT_SUGGESTION = "Another suggestion"
BUTTON_DRAFT_ACCEPT = "Put in"
BUTTON_DRAFT_DECLINE = "Take away"
DRAFT_JUST_CHANGED = "The draft has changed since the card was shown to you."
DRAFT_JUST_CHANGED_HINT = "Look at the card again, then press once more."
DRAFT_PAY_TITLE = "Who pays"
DRAFT_PAY_PRICE = "This video costs **{credits}**. Nothing is taken before it is decided."
DRAFT_PAY_OWNER = "<@{owner_id}> pays it."
DRAFT_PAY_SPONSOR = "<@{sponsor_id}> pays up to {credits}; <@{owner_id}> pays the rest."
DRAFT_PAY_SHARED = "It is shared equally by whoever agrees:"
DRAFT_PAY_NOBODY = "nobody yet"
DRAFT_PAY_SHARE = "<@{member_id}>, up to {credits}"
DRAFT_PAY_SHARE_NOW = "{share}: **{credits}** as it is now"
DRAFT_PAY_TOO_FEW = "There are too few credits for everybody, so some would pay nothing."
BUTTON_DRAFT_SHARE = "I pay a share, up to {credits}"
BUTTON_DRAFT_WITHDRAW = "Take my approval back"
SELECT_DRAFT_VARIANT = "Take a variant off the list"
BUTTON_DRAFT_UNSHARE = "Take my share back"
BUTTON_DRAFT_UNSPONSOR = "Take my offer back"
BUTTON_DRAFT_SPONSOR = "Sponsor it"
BUTTON_DRAFT_OWNER_PAYS = "Owner pays"
BUTTON_DRAFT_SHARED = "Share the cost"
DRAFT_MORE_TITLE = "More about {title}"
DRAFT_MORE_LINE = "<@{member_id}> {role}"
DRAFT_MORE_OWNER = "owns it"
DRAFT_MORE_NEWCOMERS = "Everybody else: {role}"
BUTTON_DRAFT_HISTORY = "History"
BUTTON_DRAFT_LOCK = "Lock the draft"
BUTTON_DRAFT_UNLOCK = "Unlock the draft"
BUTTON_DRAFT_LEAVE = "Leave"
BUTTON_DRAFT_END = "End it"
BUTTON_DRAFT_END_NOW = "Yes, end it"
BUTTON_DRAFT_KEEP = "No, keep it"
SELECT_DRAFT_LOCK = "Lock or unlock a part"
SELECT_DRAFT_HEIR = "Hand it over to …"
DRAFT_LOCK_PART = "Lock: {slot}"
DRAFT_UNLOCK_PART = "Unlock: {slot}"
DRAFT_END_ASKED = "End **{title}** without a video? That cannot be taken back."

# For operators: the people who run this bot.
COMMAND_OPERATOR = "For the people who run this bot."
COMMAND_OPERATOR_UNCERTAIN = "Videos of which nobody knows how they ended."
COMMAND_OPERATOR_RESOLVE = "Say what became of a video, after looking at the account of the video API."
COMMAND_OPERATOR_PRICE = "Set what a model costs in this server."
COMMAND_OPERATOR_BUDGET = "How much of the budgets of this bot and of this server is used."
OPTION_PRICED_MODEL = "Which model."
OPTION_PRICE = "Such as 4 for each video, or 4/s for each second; without it, what it costs in all servers."
PRICES_TITLE = "Prices in this server"
WRONG_PRICE = "“{model}” needs a price such as 4 (for each video) or 4/s (for each second of video)."
PRICE_PER_CALL_ONLY = "“{model}” is billed per call, so its price cannot be per second."
PRICE_LINE = "{model} **{price}** · {source}"
BUDGET_TITLE = "Budgets"
BUDGET_NAMES: Mapping[str, str] = {
    "budget_per_day": "This server, 24 hours",
    "budget_per_month": "This server, this month",
    "instance_budget_per_day": "All servers, 24 hours",
    "instance_budget_per_month": "All servers, this month",
}
BUDGET_LINE = "{name}: **{used}** of {allowed} used"
BUDGET_RESETS = " · begins again {when}"
BUDGET_NONE_INSTANCE = "There is no budget for all servers. BUDGET_PER_DAY and BUDGET_PER_MONTH set one."
BUDGET_NONE_SERVER = "This server has no budget of its own. `/limits set` budget_per_day sets one."
OPTION_UNRESOLVED = "Which one; the id stands at the foot of its card."
OPTION_OUTCOME = "What you found out."
OPTION_TASK_ID = "If it came through: the id it has at the video API."
OUTCOMES: Mapping[str, str] = {
    "came through": "It came through: follow it by its id",
    "did not come through": "It did not come through: end it, not charged",
    "look again": "Look again for as long as the first time",
    "refund": "Nobody can find out: end it and give the credits back",
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


def credits_text(count: int) -> str:
    """Return an amount of credits in words."""
    return "1 credit" if count == 1 else f"{count} credits"


def votes_text(count: int) -> str:
    """Return a number of votes in words."""
    return "1 vote" if count == 1 else f"{count} votes"


def videos_text(count: int) -> str:
    """Return a number of videos in words."""
    return "1 video" if count == 1 else f"{count} videos"
