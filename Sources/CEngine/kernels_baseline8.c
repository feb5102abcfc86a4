#define LANES 8
#define TARGET
#define RUN 6
#define GROUP 1
#define TABLE ce_baseline8
#include "kernels.h"
