#define LANES 16
#define TARGET
#define TABLE ce_baseline16
#include "kernels.h"
