#define LANES 8
#define TARGET
#define TABLE ce_baseline8
#include "kernels.h"
