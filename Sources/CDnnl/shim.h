/* oneDNN 2.6 (apt: libdnnl-dev), which ships no pkg-config file. */
#include <oneapi/dnnl/dnnl.h>
