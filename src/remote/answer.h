/*
 * answer: what a task makes of what the server says.
 */
#ifndef CROSSDOCK_REMOTE_ANSWER_H
#define CROSSDOCK_REMOTE_ANSWER_H

#include "remote/task.h"

/* `answer` is to one of the task's questions.  `parent`: who gets the names of a LIST.  False: nobody is
 * there any more. */
bool answer_take(struct task *task, struct sftp_answer *answer, int parent);

#endif
