#include "CDispatchMonitor.h"

#include <stdbool.h>

static bool is_monitored = true;

void dispatch_leave_workers_alone(void) { is_monitored = false; }

// The linker sends libdispatch's calls here and ours there (ld --wrap), for there is no setting.
void __real__dispatch_workq_worker_register(void *root);
void __real__dispatch_workq_worker_unregister(void *root);

void __wrap__dispatch_workq_worker_register(void *root) {
  if (is_monitored) __real__dispatch_workq_worker_register(root);
}

void __wrap__dispatch_workq_worker_unregister(void *root) {
  if (is_monitored) __real__dispatch_workq_worker_unregister(root);
}
