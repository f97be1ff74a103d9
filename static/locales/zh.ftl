# English. Present tense, subject first, at most 15 words; "you" for the reader's acts.
# $who is a list of servers, $count how many they are.

## The page

starting-page = 正在启动五台服务器
stage = 舞台
scoreboard = 记分牌
details = 详情
panel-servers = 服务器
panel-events = 事件
servers-group = 服务器
act = 操作
tools = 工具
time = 时间
speed = 速度
auto = 自动
play = 播放
pause-time = 暂停
step-back = 上一事件
step-forward = 下一事件
open-config = zoo.cfg
help = 键盘说明
more = 更多
close = 关闭
theme-to-dark = 深色
theme-to-light = 浅色
drop-here = 将 zoo.cfg 拖放到此处
nothing-to-undo = 没有可撤销的操作。
undo = 撤销
undo-hint = 撤销上一次操作（Z）
heal-all-hint = 修复所有链路，恢复所有暂停的服务器（H）

tool-select = 选择
tool-select-hint = 点击服务器、链路或消息
tool-kill = 杀掉
tool-kill-hint = 点击服务器：杀掉其进程，或重新启动
tool-plug = 拔电源
tool-plug-hint = 点击服务器：切断电源，谁也不会收到通知
tool-restart = 重启
tool-restart-hint = 点击已停止的服务器将其启动
tool-pause = 暂停
tool-pause-hint = 点击服务器：冻结其进程，或让它继续
tool-cut = 断链
tool-cut-hint = 划过链路，或依次点击两台服务器
tool-partition = 分区
tool-partition-hint = 圈住若干服务器，或点击一台
typed-link = 断开链路：输入或点击两台服务器。Esc 退出。
typed-link-from = 断开 S{ $sid } 到 … 的链路
typed-side = 隔离服务器：输入编号，再按 Enter。Esc 退出。
typed-side-with = 隔离 { $who }：按 Enter

verb-kill = 杀掉进程
verb-plug = 拔掉电源（无告别）
verb-restart = 重启
verb-pause = 暂停进程
verb-resume = 让它继续
verb-cut-off = 与所有服务器隔离
verb-inspect = 查看

help-heading = 键盘说明
help-about = 没有选中服务器时，单台操作针对领导者。
help-key = 按键
help-does = 作用
help-switch = 启用单字母按键
key-select = 选中一台服务器
key-ring = 焦点在服务器上时，沿环移动
key-deselect = 退出：正在输入的内容、选择、工具
key-menu = 打开服务器的菜单
key-kill = 杀掉一台服务器，或重新启动
key-plug = 拔掉一台服务器的电源
key-pause = 暂停一台服务器，或让它继续
key-cut = 断开两台服务器之间的链路
key-partition = 将若干服务器与其余隔离
key-heal = 全部修复
key-undo = 撤销上一次操作
key-play = 播放或暂停
key-step = 下一事件，上一事件
key-speed = 更慢，更快
key-auto = 速度随事件自动调整
key-ends = 回到开头，跳到末尾
key-help = 本说明

config-heading = 用 zoo.cfg 启动集群
config-too-large = 文件超过 64 MB，而 zoo.cfg 只有几行。

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
