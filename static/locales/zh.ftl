# English. Present tense, subject first, at most 15 words; "you" for the reader's acts.
# $who is a list of servers, $count how many they are.

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
