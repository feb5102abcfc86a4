#define LANES 16
#define TARGET
#define RUN 3
#define GROUP 1
#define TABLE ce_baseline16
#include "kernels.h"
