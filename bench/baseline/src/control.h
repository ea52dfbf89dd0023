// SPDX-License-Identifier: MIT
// Commands, one per line on standard input.
#ifndef BASELINE_CONTROL_H_
#define BASELINE_CONTROL_H_

enum command { COMMAND_NONE, COMMAND_START, COMMAND_STOP, COMMAND_REPORT, COMMAND_QUIT };

// The next command within `timeout_ms` (-1: however long it takes). The end of the input is
// COMMAND_QUIT, so that this process ends with the one that controls it.
enum command next_command(int timeout_ms);

#endif
