#pragma once

/// From now on libdispatch does not watch its worker threads; to be called before the first of them
/// starts.
///
/// On Linux it looks once a second whether one of them is stuck, for as long as the program runs,
/// and starts another one then. A program that does nothing wakes up for that each second. Who
/// turns it off has to keep what blocks off the shared threads.
///
/// Source: swift-corelibs-libdispatch, `src/event/workqueue.c`.
void dispatch_leave_workers_alone(void);
