// Only C++ uses Pango and Cairo; SwiftPM reads their flags from pkg-config by way of this module.
#include <pango/pangocairo.h>
