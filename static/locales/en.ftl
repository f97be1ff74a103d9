# English. Present tense, subject first, at most 15 words; "you" for the reader's acts.
# $who is a list of servers, $count how many they are.

## The page

starting-page = Starting five servers
stage = Stage
scoreboard = Scoreboard
details = Details
panel-servers = Servers
panel-events = Events
servers-group = Servers
act = Act
tools = Tools
time = Time
speed = Speed
auto = Auto
play = Play
pause-time = Pause
step-back = Back one event
step-forward = Next event
open-config = zoo.cfg
help = Keyboard map
more = More
close = Close
theme-to-dark = Dark colours
theme-to-light = Light colours
drop-here = Drop zoo.cfg here
nothing-to-undo = There is nothing to undo.
undo = Undo
undo-hint = Take back your last act (Z)
heal-all-hint = Mend all links, let all paused servers go on (H)

tool-select = Select
tool-select-hint = Click a server, a link or a message
tool-kill = Kill
tool-kill-hint = Click a server to kill its process, or to start it again
tool-plug = Pull plug
tool-plug-hint = Click a server to cut its power: nobody is told
tool-restart = Restart
tool-restart-hint = Click a server that is down to start it
tool-pause = Pause
tool-pause-hint = Click a server to freeze its process, or to let it go on
tool-cut = Cut link
tool-cut-hint = Drag across links, or click two servers
tool-partition = Partition
tool-partition-hint = Draw a loop around servers, or click one
typed-link = Cut a link: type or click two servers. Esc leaves.
typed-link-from = Cut the link from S{ $sid } to …
typed-side = Cut off servers: type their numbers, then Enter. Esc leaves.
typed-side-with = Cut off { $who }: Enter

verb-kill = Kill the process
verb-plug = Pull the plug (no goodbye)
verb-restart = Restart
verb-pause = Pause the process
verb-resume = Let it go on
verb-cut-off = Cut off from everyone
verb-inspect = Inspect

help-heading = Keyboard map
help-about = Without a selection, a key for one server means the leader.
help-key = Key
help-does = What it does
help-switch = Single-letter keys work
key-select = Select a server
key-ring = Go round the ring, when a server has the focus
key-deselect = Leave: what is being typed, the selection, the tool
key-menu = Open the menu of a server
key-kill = Kill a server, or start it again
key-plug = Pull the plug of a server
key-pause = Pause a server, or let it go on
key-cut = Cut the link between two servers
key-partition = Cut servers off from the others
key-heal = Heal everything
key-undo = Undo your last act
key-play = Play or pause
key-step = Next event, back one event
key-speed = Slower, faster
key-auto = Let the speed follow what happens
key-ends = To the beginning, to the end
key-help = This list

config-heading = Start a cluster from zoo.cfg
config-too-large = This file is larger than 64 MB. A zoo.cfg has a few lines.

## Words

server = S{ $sid }
list-separator = {", "}
list-and = { $rest } and { $last }
nobody = nobody
nothing = —
epoch = epoch
itself = itself
seconds = { $value } s
milliseconds = { $value } ms

## Server states

state-leading = Leader
state-leader-elect = Leader-elect
state-following = Follower
state-syncing = Syncing
state-looking = Looking
state-observing = Observer
state-stale = Stale leader
state-without-quorum = No quorum
state-down = Down
state-unplugged = No power
state-starting = Starting
state-paused = Paused

label-epoch = { $state } · e{ $epoch }
label-looking = { $state } → { $for }
label-paused = { $state } · paused

## Centre of the stage

no-leader = No leader

## Chips over the stage

chip-partition = You cut off { $who }
chip-cut = You cut { $who }
chip-one-way = You cut S{ $from } → S{ $to }
chip-pause = You paused { $who }
heal = Heal
