#pragma once

#include <cstdint>
#include <initializer_list>

/// Takes from this process and its children every file and port they do not need.
///
/// Source: the kernel's userspace-api/landlock; called by number, for Debian's C library has no
/// functions for it. Old kernels know less of it, or nothing.
namespace landlock {

/// How much of it the running kernel knows: 0 is nothing, 2 moves files between folders, 4 ports.
int version();

/// From now on files exist only beneath the open folders: they may be made, read, written, moved
/// and removed there. No folder at all means no file at all.
/// Returns false if the kernel knows too little of it.
bool restrictFiles(std::initializer_list<int> folders);

/// From now on no file is opened, and connections go to this TCP port alone.
/// Returns false if the kernel knows too little of it.
bool restrictToPort(uint16_t port);

}  // namespace landlock
